"""What is measured, against whom, in one run: ratios, peak memory and growth, written to docs/benchmarks.md."""
