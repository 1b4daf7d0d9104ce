"""The chance that an open case breaks its limit: baselines first, a model only where it beats them."""
