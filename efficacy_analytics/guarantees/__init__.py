"""Statistical guarantees, without any word of process or law."""
