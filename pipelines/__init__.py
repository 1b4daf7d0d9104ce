"""What runs when: each pipeline reads as a table of contents."""
