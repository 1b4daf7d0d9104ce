"""How cases keep to a model or to declared rules."""
