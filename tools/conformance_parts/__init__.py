"""The parts of `tools/conformance.py`: what is read, what is expected, how both are made comparable."""
