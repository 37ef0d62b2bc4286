"""Many pictures stamped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.analysis.pictures import encoded, painting

from creditline.analysis.read import read
from creditline.model.errors import PictureError, UsageError
from creditline.model.stamp_profile import StampProfile
from creditline.reattach.resign import make_authority, sign
from creditline.services.stamp import Job, jobs, stamp_file

if TYPE_CHECKING:
    from pathlib import Path

PROFILE = StampProfile(creator=("Ann Example",), ai_training="prohibited")
PLAIN = encoded(painting(1))
AUTHORITY = make_authority()


def test_which_files_and_where_to(tmp_path: Path) -> None:
    """One to a file; several, patterns and folders into a folder, with the folders in it."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("in/a.jpg", "in/deep/a.jpg"):
        (tmp_path / name).write_bytes(PLAIN)
    (tmp_path / "in" / "notes.txt").write_bytes(b"no picture")
    inside, out = tmp_path / "in", tmp_path / "out"

    assert [Job(inside / "a.jpg", out)] == jobs([str(inside / "a.jpg")], out)
    assert {out / "a.jpg", out / "deep" / "a.jpg"} == {job.target for job in jobs([str(inside)], out)}
    assert [out] == [job.target for job in jobs([str(inside / "*.jpg")], out)]


@pytest.mark.parametrize("names", [["{0}/*.gif"], ["{0}/empty"], ["{0}/a.jpg", "{0}/b/a.jpg"]])
def test_nothing_to_do_and_two_of_one_name(tmp_path: Path, names: list[str]) -> None:
    """An error before anything is written."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(UsageError):
        jobs([name.format(tmp_path) for name in names], tmp_path / "out")


def test_a_file_is_stamped_and_signed(tmp_path: Path) -> None:
    """With what it says of training in the manifest; the input stays."""
    (tmp_path / "a.jpg").write_bytes(PLAIN)
    job = Job(tmp_path / "a.jpg", tmp_path / "out" / "a.jpg")

    done = stamp_file(job, PROFILE, authority=AUTHORITY)

    found = read(job.target.read_bytes(), user_anchors=AUTHORITY.anchor_pem)
    assert "creator" in done.written
    assert "trusted" == found.c2pa.state
    assert ("ai_training", "notAllowed") in found.c2pa.training
    assert PLAIN == job.source.read_bytes()


def test_credentials_that_hold_are_not_broken(tmp_path: Path) -> None:
    """Only with a new signature, that has the old one for its parent."""
    (tmp_path / "a.jpg").write_bytes(sign(PLAIN, "jpeg", AUTHORITY, digital_source_type="digitalCreation"))
    job = Job(tmp_path / "a.jpg", tmp_path / "b.jpg")

    with pytest.raises(UsageError, match="Content Credentials"):
        stamp_file(job, PROFILE)
    assert not job.target.exists()
    stamp_file(job, PROFILE, authority=AUTHORITY)

    found = read(job.target.read_bytes(), user_anchors=AUTHORITY.anchor_pem).c2pa
    assert ("trusted", "trusted") == (found.state, found.worst_ingredient)


def test_what_is_no_picture(tmp_path: Path) -> None:
    """Said by name."""
    (tmp_path / "a.jpg").write_bytes(b"no picture")

    with pytest.raises(PictureError, match=r"a\.jpg"):
        stamp_file(Job(tmp_path / "a.jpg", tmp_path / "b.jpg"), PROFILE)
