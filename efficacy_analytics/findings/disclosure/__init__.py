"""What the public edition shows: small groups suppressed."""
