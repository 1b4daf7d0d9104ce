"""Where SQL runs: named queries with typed parameters, and the engine that runs them."""
