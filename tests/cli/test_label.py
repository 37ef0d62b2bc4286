"""`creditline label`: the AI label that people see, drawn where one is due and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.cli.sample import jpeg, run

from creditline import inspect
from creditline.demo.pictures import samples
from creditline.pixels import upright_rgba

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GENERATED = next(one.data for one in samples() if inspect(one.data).ai.label == "ai-generated")


def _rows(data: bytes) -> NDArray[np.uint8]:
    raster = upright_rgba(data)
    return np.frombuffer(raster.rgba, dtype=np.uint8).reshape(raster.height, raster.width, 4)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / f"a.{inspect(GENERATED).format}"
    path.write_bytes(GENERATED)
    return path


def test_a_declared_picture_gets_its_label(picture: Path, tmp_path: Path) -> None:
    """Drawn in one corner, the rest nearly as it was; its fields, the AI fields and a note of it stand in the file."""
    out = tmp_path / f"out{picture.suffix}"

    result = run("label", picture, "-o", out, "--corner", "top-left")

    assert 0 == result.exit_code, result.output
    assert "AI-generated" in result.stdout
    before, after = _rows(GENERATED), _rows(out.read_bytes())
    assert before.shape == after.shape
    changed = np.argwhere(np.abs(before.astype(int) - after.astype(int)).max(axis=2) > 60)
    assert len(changed)
    assert max(changed[:, 0]) < before.shape[0] / 4
    said, read = inspect(GENERATED), inspect(out)
    assert (said.ai.label, said.ai.digital_source_type) == (read.ai.label, "trainedAlgorithmicMedia")
    for name in ("creator", "copyright_notice"):
        assert dict(said.resolved).get(name) == dict(read.resolved).get(name)
    assert "ai_system" in dict(read.resolved)
    assert GENERATED == picture.read_bytes()


def test_a_band_covers_nothing(picture: Path, tmp_path: Path) -> None:
    """The picture is as before, and below it a dark band with white words, at least 3 % of its long side high."""
    out = tmp_path / f"out{picture.suffix}"

    run("label", picture, "-o", out, "--band")

    before, after = _rows(GENERATED), _rows(out.read_bytes())
    band = after[before.shape[0] :, :, :3]
    assert band.shape[0] >= 0.03 * max(before.shape[:2])
    assert np.abs(before.astype(int) - after[: before.shape[0]].astype(int)).mean() < 3
    assert np.median(band) < 40
    assert band.max() > 230


def test_the_check_tells_where_one_is_due(picture: Path, tmp_path: Path) -> None:
    """1 where it is due and absent, 0 once it is drawn, 0 where the file declares no AI, 2 where it cannot be read."""
    out, silent = tmp_path / f"out{picture.suffix}", tmp_path / "silent.jpg"
    silent.write_bytes(jpeg())

    assert 1 == run("label", picture, "--check").exit_code
    run("label", picture, "-o", out)

    assert [0, 0, 1, 2] == [
        run("label", *paths, "--check").exit_code
        for paths in ((out,), (silent,), (silent, picture), (tmp_path / "none.jpg",))
    ]


def test_what_gets_no_label(picture: Path, tmp_path: Path) -> None:
    """Files without AI, files labelled already, the input as output, no output and no check: nothing is written."""
    out, silent = tmp_path / f"out{picture.suffix}", tmp_path / "silent.jpg"
    silent.write_bytes(jpeg())
    run("label", picture, "-o", out)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}

    for asked in (
        (silent, "-o", tmp_path / "x.jpg"),
        (out, "-o", tmp_path / "x.png"),
        (picture, "-o", picture, "--force"),
        (picture, "-o", out),
        (picture,),
        (picture, "-o", tmp_path / "x.png", "--check"),
    ):
        assert 2 == run("label", *asked).exit_code

    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
