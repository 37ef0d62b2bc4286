"""What schemathesis must know beside the documents: a manifest store is sent as it is, like any other bytes."""

from __future__ import annotations

import schemathesis

schemathesis.serializer.alias("application/c2pa", "application/octet-stream")
for family in (
    "model/mesh",
    "audio/wav",
    "video/mp4",
    "image/*",
    "audio/*",
    "video/*",
    "model/*",
    "application/*",
):
    schemathesis.serializer.alias(family, "application/octet-stream")
