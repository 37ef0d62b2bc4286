import pytest
from tests.containers.tiff_sample import blob, image, long, nested, text, tiff

from creditline.containers import tiff_write
from creditline.containers.tiff_exif import Item
from creditline.containers.tiff_walk import walk
from creditline.containers.tiff_write import Edit, rewrite
from creditline.model.errors import ContainerError


def dropping(data: bytes, *tags: int, page: int = 0) -> Edit:
    entries = walk(data).chain[page].entries
    return Edit(frozenset(entry.at for entry in entries if entry.tag in tags))


def tags(data: bytes) -> list[list[int]]:
    return [[entry.tag for entry in page.entries] for page in walk(data).chain]


NOTE = Item(0x10E, 2, 8, b"content\0")


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_add(order: str, big: bool) -> None:
    """A new entry stands in order of tags, the value behind; the pixels and later pages stay where they are."""
    data = tiff(image(order), image(order), order=order, big=big)

    changed = rewrite(data, walk(data), {0: Edit(added=(NOTE,))})

    walked = walk(changed)
    assert [0x106, 0x10E, 0x111] == [entry.tag for entry in walked.chain[0].entries][4:7]
    assert walk(data).chain[1] == walked.chain[1]
    assert walked.complete
    entry = walked.chain[0].find(0x10E)
    assert entry is not None
    assert b"content\0" == changed[entry.value : entry.value + 8]
    header = 16 if big else 8
    assert data[header : header + 6] == changed[header : header + 6]


def test_removed_is_gone() -> None:
    """A value that nothing points to any longer is no longer in the file, nor is the room at its end."""
    data = tiff([*image(), text(0x10E, "secret words"), blob(0x2BC, b"hidden" * 9)], image())

    changed = rewrite(data, walk(data), {0: dropping(data, 0x10E, 0x2BC)})
    shorter = rewrite(data, walk(data), {1: Edit(walk(data).chain[1].entries and frozenset())})

    assert b"secret" not in changed
    assert b"hidden" not in changed
    assert len(data) == len(changed) == len(shorter)
    alone = tiff([*image(), text(0x10E, "secret words")])
    assert len(tiff(image())) == len(rewrite(alone, walk(alone), {0: dropping(alone, 0x10E)}))


def test_directories_below_go_too() -> None:
    """With a pointer goes what hangs below it."""
    data = nested([text(0x9003, "some day long ago")], lambda at: [*image(), long(0x8769, at)])

    changed = rewrite(data, walk(data), {0: dropping(data, 0x8769)})

    assert b"some day" not in changed
    assert () == walk(changed).branches


def test_shared_values_stay() -> None:
    """A value that another entry also points to is not wiped."""
    data = nested([text(0x10E, "shared words")], lambda at: [*image(), long(0x14A, at), long(0x8769, at)])

    changed = rewrite(data, walk(data), {0: dropping(data, 0x8769)})

    assert b"shared words" in changed


def test_editing_again_does_not_grow_the_file() -> None:
    """What was appended before gives way to what comes."""
    data = tiff(image(), image())
    lengths = set()
    for n in range(5):
        edit = dropping(data, 0x10E) | Edit(added=(Item(0x10E, 2, 30, bytes((n,)) * 30),))
        data = rewrite(data, walk(data), {0: edit})
        lengths.add(len(data))

    assert 1 == len(lengths)


def test_out_and_in_again() -> None:
    """A directory finds back to its room."""
    data = tiff([*image(), blob(0x2BC, b"packet")])
    gone = rewrite(data, walk(data), {0: dropping(data, 0x2BC)})

    back = rewrite(gone, walk(gone), {0: Edit(added=(Item(0x2BC, 7, 6, b"packet"),))})

    assert data == back


def test_empty_directory_leaves_the_chain() -> None:
    """A page that held nothing but what was taken out is no page; the first one has to stay."""
    data = tiff(image(), [blob(0xCD41, b"manifest")], image())

    changed = rewrite(data, walk(data), {1: dropping(data, 0xCD41, page=1)})

    assert tags(tiff(image(), image())) == tags(changed)
    assert b"manifest" not in changed
    with pytest.raises(ContainerError):
        rewrite(only := tiff([text(0x10E, "words")]), walk(only), {0: dropping(only, 0x10E)})


def test_missing_pointer_at_the_end() -> None:
    """A directory that ends the file without a pointer gets one when it changes."""
    data = tiff(image())[:-4]

    changed = rewrite(data, walk(data), {0: Edit(added=(NOTE,))})
    smaller = rewrite(data, walk(data), {0: dropping(data, 0x116)})

    assert walk(changed).chain[0].next_at is not None
    assert 9 == len(walk(changed).chain[0].entries)
    assert 7 == len(walk(smaller).chain[0].entries)


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past four GiB there are no offsets, past 65,535 no counter."""
    data = tiff(image())
    monkeypatch.setattr(tiff_write, "MAX_COUNT", 8)
    with pytest.raises(ContainerError):
        rewrite(data, walk(data), {0: Edit(added=(NOTE,))})
    monkeypatch.undo()
    monkeypatch.setattr(tiff_write, "MAX_OFFSET", 100)

    with pytest.raises(ContainerError):
        rewrite(data, walk(data), {0: Edit(added=(NOTE,))})
