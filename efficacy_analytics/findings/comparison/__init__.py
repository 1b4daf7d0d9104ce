"""How departments compare on like work: what was to be expected of each, what can be told apart, why it changed."""
