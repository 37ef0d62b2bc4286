"""The proxy's edge: mitmproxy flows become exchanges here, and nowhere else."""
