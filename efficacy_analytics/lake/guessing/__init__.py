"""A proposal of a layout, from the headers and the values of an export."""
