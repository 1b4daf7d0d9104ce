"""From a file of any format to rows of text, each with its place."""
