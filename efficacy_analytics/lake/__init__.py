"""From an export as received to accepted and refused rows."""
