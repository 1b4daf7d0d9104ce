"""From the files of a delivery to accepted and refused rows."""
