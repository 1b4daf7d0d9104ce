"""Tables for people: headings, figures, names and times as they are written, in a notebook, a page or a workbook."""
