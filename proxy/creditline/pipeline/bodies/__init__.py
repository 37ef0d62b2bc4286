"""Body shapes: each module cuts pictures out of one wire form (site-protocols 4.1), every byte untouched.

A shape has `CODE`, `recognises(content_type, head) -> bool` and `cut(body, content_type) -> Cut`; the first that
recognises a body wins.
"""

from creditline.pipeline.bodies import multipart, raw

SHAPES = (multipart, raw)
