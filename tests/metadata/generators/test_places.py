"""When a generator's reader is asked, and that nothing is missed by not asking."""

from importlib import import_module

import pytest

from creditline.metadata.generators import GENERATORS, detect
from creditline.metadata.generators.places import COMMENTS, Reader, text_of
from creditline.model.reading import Property
from creditline.vocab.generators import CREDIT_MARKS

HOME = "creditline.metadata.generators"


@pytest.mark.parametrize("reader", GENERATORS, ids=lambda reader: reader.name)
def test_registered_keys_are_the_modules(reader: Reader) -> None:
    """A key that a module knows and its registration lacks would never be read."""
    module = import_module(f"{HOME}.{reader.name}")

    if reader.keys is None:
        label = '{"Label": "1", "ContentProducer": "somebody"}'

        assert all(module.recognises(Property("x", key, label)) for key in ("AIGC", "TC260:Aigc", *COMMENTS))
    else:
        assert module.KEYS == reader.keys


def test_names_are_the_modules() -> None:
    """The names by which `detect` speaks of readers are those that they give themselves."""
    named = {module: import_module(f"{HOME}.{module}").GENERATOR for module in ("comfyui", "civitai", "grok")}
    hosts = {import_module(f"{HOME}.{module}").GENERATOR for module in ("tensorart", "civitai", "stabilitymatrix")}

    assert {"comfyui": detect.GRAPHS, "civitai": detect.CIVITAI, "grok": detect.GROK} == named
    assert set(detect.HOSTS) == hosts


def test_text_without_a_records_mark_asks_nobody() -> None:
    """A camera's name and a person's comment are no records, and cost no import."""
    asked = Reader("no_such_module", frozenset({"IFD0:Make"}), needs="{")

    assert not asked.recognises(Property("exif", "IFD0:Make", "Canon"))
    assert not asked.recognises(Property("exif", "IFD0:Make", ""))
    assert "" == text_of(Property("xmp", "dc:subject", ["a"]))
    assert "b" == text_of(Property("xmp", "dc:title", {"de": "a", "x-default": "b"}))


def test_no_stamp_is_longer_than_it_may_be() -> None:
    """A credit line of a service is looked at, whichever it is and however it is padded."""
    reader = next(reader for reader in GENERATORS if reader.name == "credit_mark")

    assert all(reader.recognises(Property("iptc", "2:110", f" {mark.line}\0")) for mark in CREDIT_MARKS)
    assert max(len(mark.line) for mark in CREDIT_MARKS) == reader.longest


@pytest.mark.parametrize(
    ("key", "text"), [("Software", "NovelAI"), ("IFD0:Software", "NovelAI"), ("xmp:CreatorTool", "Draw Things")]
)
def test_a_key_of_many_programs_asks_for_its_name(key: str, text: str) -> None:
    """`Software` names every program; only the one that is meant is read for a record."""
    asked = [reader.name for reader in GENERATORS if reader.keys and key in reader.keys]

    assert any(reader.recognises(Property("x", key, text)) for reader in GENERATORS if reader.name in asked)
    assert not any(reader.recognises(Property("x", key, "GIMP")) for reader in GENERATORS if reader.name in asked)
