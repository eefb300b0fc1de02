"""What somebody typed in a form and has not saved: kept for its writer alone, and offered again.

- `page`: which form of which page a request draws; the form layer asks it (rendering.py)
- `keep`: writing, offering and forgetting drafts
- `middleware`: keeps what was sent and refused, and forgets what was saved
"""
