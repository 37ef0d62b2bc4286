"""The parts of `make fuzz`: what each target makes of bytes, and what must hold of every reading."""
