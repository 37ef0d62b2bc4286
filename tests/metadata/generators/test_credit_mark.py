"""Credit lines that a service stamps on its output."""

from creditline.metadata.generators import credit_mark
from creditline.model.reading import Property


def test_stamps() -> None:
    """The whole line, in XMP or IIM, whatever its case."""
    for key, line in (("photoshop:Credit", "Made with Google AI"), ("2:110", "ai-generated with google\0")):
        item = Property("x", key, line)
        result = credit_mark.read(item, ())

        assert credit_mark.recognises(item)
        assert result is not None
        assert ("Google AI", line) == (result.generator, result.raw)


def test_what_is_no_stamp() -> None:
    """A person's credit line about a service, and a stamp in another place, name nobody."""
    for key, line in (
        ("photoshop:Credit", "Ann, not Made with Google AI"),
        ("dc:description", "Made with Google AI"),
    ):
        item = Property("x", key, line)

        assert not credit_mark.recognises(item)
    assert credit_mark.read(Property("x", "2:110", "Ann"), ()) is None
