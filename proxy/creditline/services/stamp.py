"""The user's own credit and consent, written into many pictures: which files, where to, and signed if wanted."""

from __future__ import annotations

import glob
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from creditline import __version__
from creditline.containers.sniff import sniff
from creditline.model.errors import PictureError, UsageError
from creditline.model.whole_file import write_whole
from creditline.reattach.material import material
from creditline.reattach.stamp import Stamped, stamp
from creditline.services.check import load
from creditline.services.many import files_in
from creditline.services.output import check_target
from creditline.services.restore import HOLDING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from creditline.model.stamp_profile import StampProfile
    from creditline.reattach.authority import Authority

FORMATS = frozenset({"jpeg", "png", "webp", "gif", "tiff", "dng", "heic", "avif", "jxl"})


@dataclass(frozen=True, slots=True)
class Job:
    """A file and where the stamped one goes."""

    source: Path
    target: Path


def jobs(sources: Iterable[str], output: Path) -> list[Job]:
    """The files that are named, alone, by patterns or in folders; several, or any of a folder, go into a folder.

    Raises:
        UsageError: a pattern or folder gives no picture, or two files would become one.
    """
    files: list[tuple[Path, Path]] = []
    several = False
    for name in sources:
        path = Path(name)
        if path.is_dir():
            several = True
            inside = [one for one in map(Path, files_in(name)) if _is_picture(one)]
            if not inside:
                raise UsageError(f"there is no picture in {path}")
            files += [(one, one.relative_to(path)) for one in inside]
        elif not path.exists() and glob.has_magic(name):
            found = sorted(Path(one) for one in glob.glob(name, recursive=True))  # noqa: PTH207 - as a shell reads it
            if not found:
                raise UsageError(f"no file fits {name}")
            files += [(one, Path(one.name)) for one in found if one.is_file()]
        else:
            files.append((path, Path(path.name)))
    if len(files) == 1 and not several and not output.is_dir():
        return [Job(files[0][0], output)]
    made = [Job(source, output / inner) for source, inner in files]
    twice = {job.target for job in made}
    if len(twice) != len(made):
        raise UsageError("two files have one name and would become one", next_step="stamp them into two folders")
    return made


def _is_picture(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return sniff(file.read(8_192)) in FORMATS
    except OSError:
        return False


def stamp_file(
    job: Job,
    profile: StampProfile,
    *,
    replacing: frozenset[str] = frozenset(),
    authority: Authority | None = None,
    force: bool = False,
    at: datetime | None = None,
) -> Stamped:
    """One file stamped, signed if there is an authority, and written.

    Raises:
        UsageError: a conflict, an output that may not be written, Content Credentials that would break.
        PictureError, LimitError: the file cannot be read or written.
        SigningError: it cannot be signed; nothing is written then.
    """
    check_target(job.target, inputs=[job.source], force=force)
    data = load(job.source)
    target = material(data)
    if target.reading.format not in FORMATS:
        raise PictureError(f"{job.source} is no picture that can be stamped", code="not_a_picture")
    done = stamp(data, target, profile, replacing=replacing, at=at or datetime.now(UTC))
    if authority is None and done.written and target.reading.c2pa.state in HOLDING:
        raise UsageError(
            f"{job.source} has Content Credentials that hold, and writing would break them", next_step="add --sign"
        )
    result = (
        done.data if authority is None else _signed(done, data, target.reading.format, authority, job.source.name)
    )
    job.target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(job.target, result)
    return done


def _signed(done: Stamped, before: bytes, kind: str, authority: Authority, title: str) -> bytes:
    """Signed with the file as it came for its ingredient, and with what its fields now say of training."""
    from creditline.reattach import resign
    from creditline.reattach.statement import metadata, training

    said = resign.Statement(
        actions=(("c2pa.edited.metadata", "Credit and consent were written by the user of this key"),),
        metadata=metadata(done.steps),
        training=training(material(done.data).reading),
    )
    parent = resign.Parent(before, kind, title)
    return resign.sign_restored(
        done.data, kind, authority, parent, said, claim_generator=("Creditline", __version__)
    )
