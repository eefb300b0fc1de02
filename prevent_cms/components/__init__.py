"""Building blocks of pages, as plain typed functions; `templatetags/govuk.py` gives them names.

Each refuses an argument it does not know, so a misspelt one fails when the template is read.
"""
