"""Every report format says byte for byte what is kept in `golden`.

After a change that is meant: `python -m tests.report.test_golden`, and read the difference. PDF is the HTML laid out by
WeasyPrint, and its bytes change with that version: tests/report/test_pdf.py looks into it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.report.sample import HOSTILE, document

from creditline.report.render import FORMATS, render

GOLDEN = Path(__file__).with_name("golden")


def made(form: str, *, hostile: bool) -> bytes:
    """The sample report, or the one in which strangers wrote every text."""
    return render(document(HOSTILE) if hostile else document(), form)


def golden(form: str, *, hostile: bool) -> Path:
    """Where it was kept."""
    return GOLDEN / f"{'hostile' if hostile else 'plain'}-{form}{FORMATS[form].suffix}"


@pytest.mark.parametrize("hostile", [False, True])
@pytest.mark.parametrize("form", sorted(FORMATS.keys() - {"pdf"}))
def test_a_report_is_what_it_was(form: str, hostile: bool) -> None:
    """Nothing changes in a report unseen."""
    assert golden(form, hostile=hostile).read_bytes() == made(form, hostile=hostile)


def test_no_golden_file_is_left_over() -> None:
    """Each file in the folder is compared with something."""
    expected = {golden(form, hostile=hostile) for form in FORMATS.keys() - {"pdf"} for hostile in (False, True)}

    assert expected == set(GOLDEN.iterdir())


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for form in FORMATS.keys() - {"pdf"}:
        for hostile in (False, True):
            golden(form, hostile=hostile).write_bytes(made(form, hostile=hostile))
