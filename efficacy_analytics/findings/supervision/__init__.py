"""What is still open: the board, warnings, chances of breach, and whose days made a case late."""
