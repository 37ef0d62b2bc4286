"""Who lost it: the narrowest pair of stages between which a value went (contract §4)."""

from __future__ import annotations


def lost_between(
    *, at_upload: bool | None, original: bool, uploaded: bool, last: str = "served"
) -> tuple[str, str]:
    """Between which two stages a value that the last copy lacks was lost.

    Args:
        at_upload: whether the uploaded file lacked it already; None where that could not be seen.
        original: whether there is an original stage.
        uploaded: whether there is an uploaded stage.
        last: the stage of the copy that lacks it.
    """
    if not original:
        return ("uploaded", last)
    if not uploaded or at_upload is None:
        return ("original", last)
    return ("original", "uploaded") if at_upload else ("uploaded", last)
