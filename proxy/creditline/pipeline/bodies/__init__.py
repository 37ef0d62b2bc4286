"""Wire forms (site-protocols 4.1): each module cuts pictures out of one of them, every byte untouched.

Two kinds. A shape reads one request that holds whole pictures: `CODE`, `recognises(view)`, `cut(view) -> Cut`; the
first that recognises a body wins, the narrower ones stand first. A session reads one request of an upload that takes
several: `CODE`, `may_be(view)` (headers and address only), `step(view) -> Step | None`.
"""

from creditline.pipeline.bodies import (
    azure_blocks,
    base64_field,
    content_range,
    filepond,
    goog_upload,
    graphql,
    grpc_web,
    ietf_resumable,
    imagex,
    json_base64,
    multipart,
    multipart_chunk,
    numbered,
    opaque,
    presigned,
    raw,
    related,
    rupload,
    s3_multipart,
    s3_policy,
    tus,
    websocket_message,
)

SHAPES = (
    websocket_message,
    graphql,
    s3_policy,
    base64_field,
    multipart,
    related,
    presigned,
    raw,
    json_base64,
    grpc_web,
    opaque,
)

SESSIONS = (
    tus,
    ietf_resumable,
    filepond,
    goog_upload,
    s3_multipart,
    azure_blocks,
    content_range,
    rupload,
    imagex,
    multipart_chunk,
    numbered,
)
