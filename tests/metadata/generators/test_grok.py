"""Grok's signature and job number."""

from creditline.metadata.generators import grok
from creditline.model.reading import Property

SIGNATURE = "Signature: " + "A" * 298 + "M="
JOB = "4800156b-8880-4786-9056-7ca3da449d8c"
COMMENT = Property("exif", "ExifIFD:UserComment", SIGNATURE)
ARTIST = Property("exif", "IFD0:Artist", JOB)


def test_signature_and_job() -> None:
    """Both together name the generator and the job."""
    result = grok.read(COMMENT, (ARTIST, COMMENT))

    assert grok.recognises(COMMENT)
    assert result is not None
    assert ("xAI Grok", (("job", JOB),), SIGNATURE) == (result.generator, result.settings, result.raw)


def test_a_signature_alone_is_anybodys() -> None:
    """Without the number, or with a person's name, nothing is said."""
    assert grok.read(COMMENT, (COMMENT,)) is None
    assert grok.read(COMMENT, (COMMENT, Property("exif", "IFD0:Artist", "Ann Example"))) is None
    assert grok.read(COMMENT, (COMMENT, Property("xmp", "IFD0:Artist", JOB))) is None


def test_what_is_none_of_it() -> None:
    """Short texts, other texts and other places are no signature."""
    for text in (
        "Signature: Ann",
        SIGNATURE + " and more",
        "signed " + SIGNATURE,
        "Signature: " + "A" * 1_000_000,
    ):
        assert not grok.recognises(Property("exif", "ExifIFD:UserComment", text))
    assert not grok.recognises(Property("xmp", "dc:description", SIGNATURE))
