/* Shows one view of a process map at a time and keeps what the reader has set. */
window.efficacyMap = function (id) {
  if (!window.vegaEmbed) { setTimeout(function () { window.efficacyMap(id); }, 50); return; }
  const root = document.getElementById(id);
  const place = document.getElementById(id + "-chart");
  const controls = document.getElementById(id + "-controls");
  const book = JSON.parse(document.getElementById(id + "-views").textContent);
  const byKey = new Map(book.views.map((view) => [view.key, view]));
  const picked = (name) => root.querySelector(".map-" + name);
  const kept = {};
  let language = book.language, key = book.views[0].key, drawn = null, turn = 0;

  function remember() {
    if (!drawn) return;
    for (const param of drawn.params) {
      try { kept[param.name] = drawn.view.signal(param.name); } catch (none) { continue; }
    }
    drawn.view.finalize();
    drawn = null;
  }

  function say() {
    const view = byKey.get(key);
    picked("note").textContent = view.notes[language];
    for (const name of ["title", "introduction"]) if (picked(name)) picked(name).textContent = book[name][language];
    for (const name of ["view", "language"]) {
      const label = picked(name + "-label");
      if (label) label.textContent = book.labels[name][language];
    }
    controls.setAttribute("aria-label", book.labels.controls[language]);
    const list = picked("view"), back = picked("back");
    if (!list) return;
    list.value = key;
    book.views.forEach((view, number) => { list.options[number].textContent = view.title[language]; });
    back.textContent = book.labels.back[language];
    back.hidden = key === book.views[0].key;
  }

  function settings(spec) {
    for (const param of spec.params || []) {
      const options = param.bind && param.bind.options;
      if (param.name in kept && (!options || options.includes(kept[param.name]))) param.value = kept[param.name];
    }
    return (spec.params || []).filter((param) => param.bind);
  }

  async function draw() {
    const mine = ++turn, focused = document.activeElement;
    const held = focused && controls.contains(focused) ? focused.name : "";
    remember();
    say();
    delete place.dataset.drawn;
    controls.textContent = "";
    const picture = byKey.get(key).pictures[language];
    const spec = Object.assign(structuredClone(book.specs[language]), structuredClone(picture));
    spec.params.find((param) => param.name === "map_title").value = picture.title;
    spec.title = book.specs[language].title;
    const params = settings(spec);
    await Promise.allSettled(["400", "600"].map((weight) => document.fonts.load(weight + " 12px 'Noto Sans CJK SC'", "环节")));
    const result = await window.vegaEmbed(place, spec, {renderer: "svg", mode: "vega-lite", bind: controls,
      i18n: book.actions[language], actions: {export: true, source: false, compiled: false, editor: false}});
    if (mine !== turn) { result.view.finalize(); return; }
    drawn = {view: result.view, params: params};
    place.style.setProperty("--natural", place.querySelector("svg.marks").getAttribute("width") + "px");
    result.view.addEventListener("click", (event, item) => {
      const told = item && item.datum;
      if (!told) return;
      if (byKey.has(told.opens) && told.opens !== key) open(told.opens);
      else if (told.activity || told.next_activity) pick(told);
    });
    /* A legend keeps the places of its first words: where the words change, all is drawn again. */
    for (const param of params.filter((one) => ["clock", "compare"].includes(one.name))) {
      result.view.addSignalListener(param.name, () => setTimeout(draw, 0));
    }
    const again = controls.querySelector(`[name="${held}"]`);
    if (held && again) again.focus();
    showBeginning();
    place.dataset.drawn = "yes";
    place.dataset.view = key;
    place.lang = root.lang = language === "zh" ? "zh-CN" : "en";
  }

  /* A map that begins beyond the edge of its place is first seen where it begins; one whose first number lies beyond
     the edge, so that this number is seen. */
  function showBeginning() {
    const marks = place.querySelector("svg.marks"), edge = place.getBoundingClientRect().left;
    const begins = [...marks.querySelectorAll("text")].find((one) => one.textContent === book.start[language]);
    const numbered = [...marks.querySelectorAll("text")].find((one) => one.__data__ && one.__data__.datum && one.__data__.datum.place === 1);
    const middle = (one) => { const found = one.getBoundingClientRect(); return (found.left + found.right) / 2 - edge + place.scrollLeft; };
    const isSeen = (one) => { const found = one.getBoundingClientRect(); return found.left >= edge && found.right <= edge + place.clientWidth; };
    for (const [one, share] of [[begins, 1 / 2], [numbered, 2 / 3]]) {
      if (one && !isSeen(one)) place.scrollLeft = middle(one) - place.clientWidth * share;
    }
    keepHead();
  }

  /* The title and the legend stay where they are seen, however far a wide map is scrolled. */
  function keepHead() {
    const marks = place.querySelector("svg.marks");
    if (!marks) return;
    const scale = marks.getBoundingClientRect().width / marks.viewBox.baseVal.width, by = place.scrollLeft / scale;
    const all = [...marks.querySelectorAll(".role-title, .role-legend")], moved = (one, x) => one.setAttribute("transform", `translate(${x},0)`);
    const left = (name) => Math.min(...all.filter((one) => one.classList.contains(name)).map((one) => one.getBoundingClientRect().left));
    all.forEach((one) => moved(one, by));
    const further = Math.max(0, left("role-legend") - left("role-title")) / scale;
    /* What stands beside the leftmost line makes room to the left of it, and the legend begins to the right of that room. */
    if (isFinite(further)) all.filter((one) => one.classList.contains("role-legend")).forEach((one) => moved(one, by - further));
  }

  /* What is pointed at is told to whoever listens: in a notebook the kernel, in a saved page nobody. */
  function pick(told) {
    const detail = {map: id, view: key, activity: told.activity || "", next_activity: told.next_activity || "", is_line: "line" in told};
    window.dispatchEvent(new CustomEvent("efficacy-picked", {detail: detail}));
  }

  function open(wanted) { key = wanted; draw(); }

  place.addEventListener("scroll", keepHead);
  if (picked("view")) {
    picked("view").addEventListener("change", (event) => open(event.target.value));
    picked("back").addEventListener("click", () => { open(book.views[0].key); picked("view").focus(); });
  }
  if (picked("language")) picked("language").addEventListener("change", (event) => { language = event.target.value; draw(); });
  draw();
};
