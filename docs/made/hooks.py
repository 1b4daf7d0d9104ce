"""What the site has beside the pages in `docs/`: the reference, from the declarations, and pages that lie elsewhere.

Links out of `docs/` lead to the page made of the file they name; a file of code is named, and no link.
"""

import posixpath
import re
import sys
from pathlib import Path

import jieba
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "docs"))

from efficacy_analytics import vocabulary  # noqa: E402
from made.reference import pages  # noqa: E402

TAKEN_IN = {
    "README.md": "index.md",
    "README.zh.md": "zh/index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "data_lake/README.md": "reference/lake.md",
}
"""Pages of the checkout that the site shows, to where they stand in it."""
LINK = re.compile(r"(!?)\[((?:[^\]\[]|\[[^\]]*\])*)\]\((?!https?:|#)([^)#\s]*)(#[^)]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages that are made, and those that lie outside the folder."""
    texts = {place: (CHECKOUT / file).read_text(encoding="utf-8") for file, place in TAKEN_IN.items()}
    for place, text in {**texts, **pages()}.items():
        files.append(File.generated(config, place, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links as they are on the site."""
    place = page.file.src_uri
    source = next((file for file, taken in TAKEN_IN.items() if taken == place), f"docs/{place}")
    return LINK.sub(lambda found: site_link(found, source, place, files), markdown)


def site_link(found: re.Match[str], source: str, place: str, files: Files) -> str:
    """One link of a page that lies at `source` in the checkout and at `place` on the site."""
    picture, words, target, anchor = found[1], found[2], found[3], found[4] or ""
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
    on_site = TAKEN_IN.get(wanted) or (wanted.removeprefix("docs/") if wanted.startswith("docs/") else None)
    if on_site == "decisions":
        on_site = "decisions/index.md"
    if on_site is None or not any(file.src_uri == on_site for file in files):
        return words
    return f"{picture}[{words}]({posixpath.relpath(on_site, posixpath.dirname(place) or '.')}{anchor})"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Words of the field in Chinese are found as words; the decisions stand in the list of pages by themselves."""
    for word in chinese_words():
        jieba.add_word(word)
    listed = sorted(file.name for file in (CHECKOUT / "docs" / "decisions").glob("0*.md"))
    next(part for part in config.nav if "Decisions" in part)["Decisions"] += [f"decisions/{name}" for name in listed]
    config.copyright = "Efficacy Analytics, AGPL-3.0-or-later"
    return config


def chinese_words() -> list[str]:
    """The short words of the vocabulary: longer ones are made of them."""
    lists = [words for name, words in vars(vocabulary).items() if name.isupper() and isinstance(words, dict)]
    said = {word["zh"] for words in lists for word in words.values() if isinstance(word, dict) and "zh" in word}
    return sorted(word for word in said if re.fullmatch("[一-鿿]{2,3}", word))
