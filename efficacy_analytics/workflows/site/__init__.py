"""The finished documents of a lake as a folder of pages: for any web server, or none."""
