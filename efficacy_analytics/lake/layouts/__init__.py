"""Layouts: where the columns of the contract stand in an export."""
