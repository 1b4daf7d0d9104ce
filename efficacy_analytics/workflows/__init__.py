"""The work in order: what the command line, the pipelines and a notebook call."""
