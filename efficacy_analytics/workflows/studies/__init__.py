"""Published figures of others beside ours: studies declared in `notebooks/studies`, one file and one notebook each."""
