"""The demonstration: test sites on loopback, one behaviour each, and sample pictures drawn and stamped by code."""
