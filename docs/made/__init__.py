"""The pages of the site that are made from the declarations, and how `mkdocs` gets them."""
