"""The tables of the lake: their columns, and the rules that a row, a case and a lifecycle keep."""
