"""The package that stands up later: observations, pictures and audits in one file that anyone can check offline."""
