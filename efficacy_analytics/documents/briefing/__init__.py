"""The briefing: opened on a finished run, written by its notebook, verified from its snapshot."""
