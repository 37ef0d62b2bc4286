"""Metadata assertions as properties."""

from __future__ import annotations

from typing import Any

import pytest

from creditline.metadata import c2pa_metadata
from creditline.metadata.c2pa_manifest import Visit
from creditline.model.errors import LimitError
from creditline.model.reading import Property


def read(data: Any, label: str = "cawg.metadata", relationship: str | None = None) -> dict[str, Any]:
    """Key → value of one assertion's properties, keys that occur twice left out."""
    visit = Visit("x", {"assertions": [{"label": label, "data": data}]}, 0, relationship)
    return {item.key: item.value for item in c2pa_metadata.properties((visit,))}


def test_keys_get_their_usual_prefix() -> None:
    """The namespace decides, whatever prefix the context gives it."""
    data = {
        "@context": {"d": "http://purl.org/dc/elements/1.1/", "p": "http://ns.useplus.org/ldf/xmp/1.0/"},
        "d:creator": ["Ann Example", "Ben Example"],
        "d:rights": {"x-default": "© Ann"},
        "d:title": {"@value": "Harbour", "@language": "en"},
        "d:description": {"x-default": "A harbour", "de": "Ein Hafen"},
        "p:DataMining": {"@id": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"},
        "p:Licensor": [{"p:LicensorURL": "https://a.example"}],
        "xmpRights:Marked": True,
        "exif:PixelXDimension": 640,
    }

    assert {
        "dc:creator": ["Ann Example", "Ben Example"],
        "dc:rights": "© Ann",
        "dc:title": "Harbour",
        "dc:description": {"x-default": "A harbour", "de": "Ein Hafen"},
        "plus:DataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED",
        "plus:Licensor/plus:LicensorURL": "https://a.example",
        "xmpRights:Marked": "True",
        "exif:PixelXDimension": "640",
    } == read(data)


def test_order_does_not_depend_on_the_report() -> None:
    """The same file gives the same properties in the same order, however the SDK shuffles them."""
    data = {"dc:rights": "r", "dc:creator": ["c"], "dc:title": "t"}

    assert list(read(data)) == list(read(dict(reversed(data.items()))))


def test_creative_work() -> None:
    """Credit in the form of C2PA 1.x becomes the XMP properties of the same meaning."""
    data = {
        "@context": "http://schema.org/",
        "author": [{"name": "Ann", "@id": "https://ann.example"}, {"name": "Ann", "identifier": "0001"}, None],
        "copyrightNotice": "© Ann",
        "CopyrightHolder": {"name": "Ann Ltd"},
        "license": "https://licence.example",
        "copyrightYear": 2026,
    }

    found = read(data, "stds.schema-org.CreativeWork")

    assert {
        "dc:creator": ["Ann"],
        "plus:ImageCreator/plus:ImageCreatorID": "0001",
        "xmpRights:Owner": ["Ann Ltd"],
        "dc:rights": "© Ann",
        "cc:license": "https://licence.example",
    } == found


@pytest.mark.parametrize(
    ("label", "data", "value"),
    [
        ("com.adobe.generative-ai", {"description": "Adobe Firefly", "version": "1.0.0"}, "Adobe Firefly 1.0.0"),
        ("c2pa.ai_generated_content", {"model": "Flux.2", "ai_generated": True}, "Flux.2"),
        ("c2pa.ai-disclosure", {"modelName": "M"}, "M"),
        ("c2pa.ai-disclosure", {}, "c2pa.ai-disclosure"),
    ],
)
def test_ai_marks(label: str, data: dict[str, Any], value: str) -> None:
    """An assertion that marks AI content is kept under its own label, with what it names."""
    assert {label: value} == read(data, label)


def test_denied_mark() -> None:
    """A mark that says `ai_generated: false` marks nothing."""
    assert {} == read({"ai_generated": False, "model": "M"}, "c2pa.ai_generated_content")


def test_constraints_are_kept() -> None:
    """The words of a constraint on training are there to be read."""
    data = {"entries": {"cawg.ai_training": {"use": "constrained", "constraint_info": "ask me"}}}

    assert {"training-mining/ai_training/constraint_info": "ask me"} == read(data, "cawg.training-mining")


def test_nearest_manifest_speaks() -> None:
    """For a key that parent and child both have, the child's value holds; components say nothing here."""
    visits = (
        Visit("a", {"assertions": [{"label": "cawg.metadata", "data": {"dc:title": "new"}}]}, 0, None),
        Visit(
            "b",
            {"assertions": [{"label": "cawg.metadata", "data": {"dc:title": "old", "dc:rights": "r"}}]},
            1,
            "parentOf",
        ),
        Visit("c", {"assertions": [{"label": "cawg.metadata", "data": {"dc:source": "s"}}]}, 1, "componentOf"),
    )

    assert (Property("c2pa", "dc:title", "new"), Property("c2pa", "dc:rights", "r")) == c2pa_metadata.properties(
        visits
    )


@pytest.mark.parametrize(
    "data",
    [
        {"__proto__": {"constructor": {"prototype": None}}, "@context": 4},
        {"": "", "a": None, "b": [], "c": [None, {}], "d": {}},
        {"@context": [None, "http://x", {"dc": None}], "dc:creator": {"@list": "x"}},
        {"x": {"@value": {"@value": 1}}},
    ],
)
def test_odd_documents(data: dict[str, Any]) -> None:
    """Keys that mean something elsewhere, empty values and broken contexts never raise."""
    assert isinstance(read(data), dict)


def test_deep_documents_end() -> None:
    """Nesting past the cap is left out, however deep it goes."""
    deep: Any = "end"
    for _ in range(500):
        deep = [{"dc:x": deep}]

    assert {} == read({"dc:x": deep})


def test_floods_are_refused() -> None:
    """More properties, or longer ones, than any standard allows are past a limit."""
    with pytest.raises(LimitError):
        read({f"dc:x{n}": "v" for n in range(c2pa_metadata.MAX_PROPERTIES + 1)})
    with pytest.raises(LimitError):
        read({"dc:title": "x" * (c2pa_metadata.MAX_VALUE + 1)})
