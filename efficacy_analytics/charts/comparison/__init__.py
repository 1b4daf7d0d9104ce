"""Units side by side: what was to be expected of them, why a share changed, since when it rises."""
