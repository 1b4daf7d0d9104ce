"""Who works with whom: handovers, stations, load and flow."""
