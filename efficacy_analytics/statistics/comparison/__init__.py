"""Units side by side: funnels, ranks, why a figure changed, since when it rises."""
