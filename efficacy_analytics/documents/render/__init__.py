"""From blocks to a file; knows blocks and nothing else."""
