"""What a change of the process would bring."""
