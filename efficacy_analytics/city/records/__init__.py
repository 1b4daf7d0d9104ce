"""What the city writes down of it, with its dirt and its planted frauds, and the truth beside it."""
