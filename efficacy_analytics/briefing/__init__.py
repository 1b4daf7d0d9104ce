"""The briefing: sections, rendering, the notebook run, verification."""
