"""What stands inside the script elements of a page."""


def inside_script(text: str) -> str:
    """JSON that can neither end the script element it stands in nor begin a comment or a script there."""
    return text.replace("<", "\\u003c")
