"""Where boxes, lines and labels of a map lie."""
