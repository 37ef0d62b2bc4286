"""One file per revision, named `rev_<number>.py`; never edited once released."""
