"""The pages of the reference, each made from the declarations that the program itself goes by."""

from made import declared, programming, tables_made
from made.titles import TITLES


def pages() -> dict[str, str]:
    """Every page that is made, by its place on the site."""
    made = {**tables_made.pages(), **declared.pages(), **programming.pages()}
    listed = "".join(f"- [{title}]({name}.md)\n" for name, title in TITLES.items())
    head = "# Reference 参考\n\nMade from the declarations that the program goes by, when the site is built.\n\n"
    made["index"] = f"{head}{listed}- [Words in Chinese and English](../glossary.md)\n"
    return {**{f"reference/{name}.md": text for name, text in made.items()}, "decisions/index.md": declared.decisions()}
