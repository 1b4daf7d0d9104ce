"""When steps happen and how long they wait: spectrum, density, concurrency."""
