"""From an export to typed rows that kept the contract, and the others with their reason."""
