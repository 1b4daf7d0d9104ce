"""What tests share: drawn lakes, plain readings, invented runs, faults."""
