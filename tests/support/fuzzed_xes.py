"""XES logs of the worst sort, and what xml.etree reads in them where it understands them."""

import gzip
import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from support.fuzzed import encoded, happens, mutated, packed, stamp, word

LAYOUTS = {
    "standard": 'format = "xes"\ntime_zone = "Asia/Shanghai"\n',
    "without a zone": 'format = "xes"\n',
    "with its case": 'format = "xes"\ntime_zone = "Asia/Shanghai"\n[event]\ndepartment = "org:group"\n'
    '[case]\nitem = "i"\n'
    'due_on = "d"\n',
    "personal": 'personal = ["case_id", "resource"]\nformat = "xes"\ntime_zone = "Asia/Shanghai"\n',
}
NAME, TIME, TRANSITION = "concept:name", "time:timestamp", "lifecycle:transition"
KEYS = (NAME, TIME, TRANSITION, "org:resource", "org:group", "i", "d", "", "case_id", "concept:instance")
TAGS = ("string", "date", "int", "float", "boolean", "id", "list", "container", "x", "event", "trace")
TRANSITIONS = ("complete", "start", "COMPLETE", "Complete", "schedule", "", "ate_abort", "suspend")
BETWEEN = (
    *(
        "<!-- a comment -->",
        "<?a target?>",
        "<![CDATA[]]>",
        "text",
        "&lt;",
        "&#10;",
        "<event/>",
        "<trace/>",
        "<values/>",
    ),
    *(
        "<global scope='event'><string key='concept:name' value='x'/></global>",
        "<log/>",
        "<list key='l'><values/></list>",
    ),
    *(
        "<extension name='Concept' prefix='concept' uri='http://x'/>",
        "<x:event xmlns:x='u'/>",
        "&x;",
        "<![CDATA[<event/>]]>",
    ),
)
USUAL = ("", "", '<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0" encoding="UTF-8" ?>\n<!-- c -->\n')
ENCODINGS = (
    *("GBK", "gb18030", "utf-16", "ISO-8859-1", "us-ascii", "utf-8-sig", "utf-7", "cp1252", "klingon", "", "rot13"),
    *("base64", "hex", "zlib", "bz2", "uu", "quopri", "idna", "punycode", "undefined", "unicode_escape", "mbcs"),
)  # fmt: skip
ODD = (
    "\n",
    " <?xml?>",
    '<?xml version="1.1"?>',
    "<!DOCTYPE log>",
    "<!DOCTYPE log [<!ENTITY x 'y'>]>",
    "<?xml encoding='hex'?>",
)


@dataclass(frozen=True)
class PlainLog:
    """The traces and the events of a log, each in its order, by its direct attributes."""

    traces: Sequence[dict[str, str | None]]
    events: Sequence[dict[str, str | None]]


def xes_export(chance: random.Random) -> bytes:
    """A log, from nearly sound to hopeless."""
    inner = "".join(_trace(chance) for _ in range(chance.choice((0, 1, 1, 2, 5))))
    inner += "".join(_event(chance) for _ in range(chance.choice((0, 0, 0, 1))))
    root = "log" if happens(chance, 0.95) else chance.choice(("x:log", "Log", "trace", "lög"))
    attributes = chance.choice(("", ' xes.version="1.0"', ' xmlns="http://www.xes-standard.org/"', ' xmlns:x="u"'))
    declared = (f'<?xml version="1.0" encoding="{name}"?>' for name in ENCODINGS)
    prologue = chance.choice(USUAL if happens(chance, 0.7) else (*declared, *ODD))
    text = f"{prologue}<{root}{attributes}>{_between(chance)}{inner}</{root}>"
    if happens(chance, 0.02):
        depth = chance.choice((100, 5_000, 100_000))
        text = text.replace("</trace>", "<list>" * depth + "</list>" * depth + "</trace>", 1)
    content = encoded(text, chance)
    if happens(chance, 0.3):
        content = mutated(content, chance)
    return packed(content, chance) if happens(chance, 0.1) else content


def plain_log(content: bytes) -> PlainLog | None:
    """What xml.etree reads; None where it does not understand the log."""
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            return None
    if content.startswith(b"\xef\xbb\xbf") and b"encoding" in content[:60]:  # ElementTree prefers what is declared
        return None
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    traces, events = [], []
    for child in root:
        if _local(child) == "trace":
            inner = [one for one in child if _local(one) == "event"]
            traces.append(_attributes(one for one in child if _local(one) != "event"))
            events += [_attributes(event) for event in inner]
        elif _local(child) == "event":
            events.append(_attributes(child))
    return PlainLog(traces, events)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _attributes(elements) -> dict[str, str | None]:  # type: ignore[no-untyped-def]
    return {one.get("key", ""): one.get("value") for one in elements}


def _trace(chance: random.Random) -> str:
    events = "".join(_event(chance) for _ in range(chance.choice((0, 1, 2, 2, 5))))
    name = _attribute(NAME, word(chance), chance) if happens(chance, 0.9) else ""
    others = "".join(_attribute(chance.choice(KEYS), word(chance), chance) for _ in range(chance.choice((0, 0, 1, 3))))
    parts = [name, others, events, _between(chance)]
    if happens(chance, 0.2):
        chance.shuffle(parts)
    return f"<trace>{''.join(parts)}</trace>"


def _event(chance: random.Random) -> str:
    parts = []
    if happens(chance, 0.95):
        parts.append(_attribute(NAME, word(chance), chance))
    if happens(chance, 0.95):
        parts.append(_attribute(TIME, stamp(chance), chance))
    if happens(chance, 0.3):
        parts.append(_attribute(TRANSITION, chance.choice(TRANSITIONS), chance))
    if happens(chance, 0.3):
        parts.append(_attribute(chance.choice(KEYS), word(chance), chance))
    return f"<event>{''.join(parts)}{_between(chance)}</event>" if parts else "<event/>"


def _attribute(key: str, value: str, chance: random.Random) -> str:
    tag = chance.choice(TAGS) if happens(chance, 0.1) else "date" if key == TIME else "string"
    shown = "".join(one for one in value if one >= " " or happens(chance, 0.01))
    given = f"value={quoteattr(shown)}" if happens(chance, 0.98) else ""
    if happens(chance, 0.1):
        return f"<{tag} key={quoteattr(key)} {given}>{_between(chance)}{_nested(chance)}</{tag}>"
    return f"<{tag} key={quoteattr(key)} {given}/>"


def _nested(chance: random.Random) -> str:
    return f"<string key={quoteattr(chance.choice(KEYS))} value={quoteattr('nested')}/>"


def _between(chance: random.Random) -> str:
    return chance.choice(BETWEEN) if happens(chance, 0.03) else chance.choice(("", "", "\n", "\t"))
