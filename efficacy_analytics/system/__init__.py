"""The machine: disk, signals, progress, tables on a terminal; no word of approvals."""
