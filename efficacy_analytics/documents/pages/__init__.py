"""Single pages: a picture, a certificate, an audit, a plan, each with the cohort it was drawn from."""
