"""Finished documents: what they say in blocks, and how a page is made of them."""
