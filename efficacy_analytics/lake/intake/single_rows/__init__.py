"""Deliveries that change or add single rows: what they rest on, what they leave, and refused rows to be corrected."""
