"""How short a time limit can be, with what guarantee."""
