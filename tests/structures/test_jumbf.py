from creditline.structures import jumbf


def box(label: bytes = b"c2pa\0", toggles: int = 3) -> bytes:
    description = b"jumd" + bytes(16) + bytes((toggles,)) + label
    inner = (len(description) + 4).to_bytes(4) + description
    return (len(inner) + 8).to_bytes(4) + b"jumb" + inner


def test_label_of_a_superbox() -> None:
    """The label is read from the description box, also behind a 64-bit length."""
    long = b"\0\0\0\1jumb" + (16 + len(box()) - 8).to_bytes(8) + box()[8:]

    assert "c2pa" == jumbf.label(box())
    assert "c2pa" == jumbf.label(long)
    assert len(long) == jumbf.declared_length(long)


def test_what_is_no_labelled_superbox() -> None:
    """Other boxes, absent labels, labels without an end and stumps have none."""
    assert jumbf.label(b"") is None
    assert jumbf.label(box()[:20]) is None
    assert jumbf.label(box().replace(b"jumb", b"free")) is None
    assert jumbf.label(box(toggles=0)) is None
    assert jumbf.label(box(label=b"c" * 1000)) is None


def test_declared_length() -> None:
    """Zero means "to the end"."""
    assert len(box()) == jumbf.declared_length(box())
    assert jumbf.declared_length(bytes(4) + b"jumb") is None


def store(*manifests: bytes) -> bytes:
    """A manifest store of these boxes."""
    inside = box()[8:] + b"".join(manifests)
    return (len(inside) + 8).to_bytes(4) + b"jumb" + inside


def test_the_active_manifest_is_the_last() -> None:
    """Its label and box, and a store that holds nothing else."""
    first, last = box(b"urn:c2pa:1\0"), box(b"urn:c2pa:2\0")
    whole = store(first, last)

    assert ("urn:c2pa:2", last) == jumbf.active_manifest(whole)
    assert store(last) == jumbf.store_of_active(whole)


def test_what_has_no_active_manifest() -> None:
    """An empty store, another box, and lengths that do not add up."""
    broken = store(box(b"urn:c2pa:1\0") + b"\0\0\xff\xffjumb")
    endless = store(*[b"\0\0\0\x08free"] * (jumbf.MAX_BOXES + 1))

    for data in (b"", store(), box(b"other\0"), broken, endless, store(b"\0\0\0\x01jumb")):
        assert jumbf.active_manifest(data) is None
        assert jumbf.store_of_active(data) is None
