"""Clicks on a picture of a notebook, told to the kernel by a widget that has no view of its own."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

LISTENER: Final = """
export default {
  initialize({ model }) {
    const heard = (event) => {
      if (event.detail.map !== model.get("map")) return;
      model.set("picked", Object.assign({turn: Date.now()}, event.detail));
      model.save_changes();
    };
    const say = () => {
      const place = document.getElementById(model.get("map"));
      const line = place && place.querySelector(".map-picked");
      if (!line) return;
      line.textContent = model.get("told");
      line.hidden = !line.textContent;
    };
    window.addEventListener("efficacy-picked", heard);
    model.on("change:told", say);
    return () => window.removeEventListener("efficacy-picked", heard);
  },
};
"""


def listening(place: str, hear: Callable[[Mapping[str, Any]], None]) -> Any:
    """Has `hear` called with what is clicked in a place of the notebook that runs; None outside of one.

    Args:
        place: the id of the element whose clicks are told; its `.map-picked` shows what the listener's `told` says.
        hear: gets the change, with `new` as what was clicked and `owner` as the listener.
    """
    from IPython.core.getipython import get_ipython

    if getattr(get_ipython(), "kernel", None) is None:
        return None
    listener = _listener()(map=place)
    listener.observe(hear, names="picked")
    return listener


@cache
def _listener() -> Any:
    """The widget that hears clicks; made when the first map is shown, for its library takes a while."""
    import anywidget
    import traitlets

    class Listener(anywidget.AnyWidget):  # type: ignore[misc]
        _esm = LISTENER
        map = traitlets.Unicode("").tag(sync=True)
        picked = traitlets.Dict({}).tag(sync=True)
        told = traitlets.Unicode("").tag(sync=True)

    return Listener
