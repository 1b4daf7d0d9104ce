/* A page opened from the disk may start no worker. This does a worker's work in a hidden frame, so that the search of
   the site needs no server. Elsewhere the browser's own workers stay. */
if (location.protocol === "file:") {
  window.IFrameWorker = class extends EventTarget {
    constructor(url) {
      super()
      this.onmessage = null
      const frame = document.createElement("iframe")
      frame.hidden = true
      document.body.appendChild(frame)
      const inside = frame.contentWindow
      this.inside = inside
      window.addEventListener("message", event => {
        if (event.source !== inside) return
        const message = new MessageEvent("message", { data: event.data })
        this.dispatchEvent(message)
        if (this.onmessage) this.onmessage(message)
      })
      this.ready = new Promise(resolve => { frame.addEventListener("load", resolve, { once: true }) })
      frame.contentDocument.open()
      frame.contentDocument.write(`<script>
        var postMessage = data => parent.postMessage(data, "*")
        var importScripts = (...urls) => urls.reduce((before, url) => before.then(() => new Promise((done, failed) => {
          const script = document.createElement("script")
          Object.assign(script, { src: url, onload: done, onerror: failed })
          document.body.appendChild(script)
        })), Promise.resolve())
      <\/script><body><script src="${new URL(url, location.href)}"><\/script></body>`)
      frame.contentDocument.close()
    }
    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })))
    }
    terminate() {}
  }
  window.Worker = window.IFrameWorker
}
