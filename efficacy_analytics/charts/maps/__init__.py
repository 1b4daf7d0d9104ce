"""The process map: which boxes and lines there are, where they lie, how they are drawn."""
