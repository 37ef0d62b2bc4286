"""The XMP writer: what it writes reads back."""

import pytest

from creditline.metadata import xmp, xmp_packet
from creditline.model.errors import UsageError


def test_what_is_written_reads_back() -> None:
    """Arrays, alternatives, structs and markup characters survive."""
    properties = {
        "dc:creator": ["Ann <&> Example", "Bob"],
        "dc:subject": ["sea"],
        "dc:rights": "© 2026 Ann",
        "dc:title": {"x-default": "Sea", "de-AT": "Meer"},
        "photoshop:Credit": 'Ann "A"\r\n& Co',
        "plus:Licensor/plus:LicensorName": ["Shop", "Agency"],
        "plus:Licensor/plus:LicensorURL": ["https://a.example/", "https://b.example/"],
        "Iptc4xmpCore:CreatorContactInfo/Iptc4xmpCore:CiEmailWork": "ann@example.org",
        "Iptc4xmpExt:ArtworkOrObject/Iptc4xmpExt:AOTitle": "Mona",
        "Iptc4xmpExt:ArtworkOrObject/Iptc4xmpExt:AOCreator": ["Leo", "Nardo"],
    }

    read = {item.key: item.value for item in xmp.read(xmp_packet.packet(properties))}

    assert properties == read


def test_a_packet_has_its_wrapper() -> None:
    """The packet can be found by scanning for xpacket."""
    packet = xmp_packet.packet({"photoshop:Credit": "Ann"})

    assert packet.startswith(b"<?xpacket begin=")
    assert packet.endswith(b'<?xpacket end="w"?>')


@pytest.mark.parametrize(
    "properties",
    [
        {"nosuch:thing": "a"},
        {"dc:title": "a\0b"},
        {"dc:bad name": "a"},
        {"plus:Licensor/plus:A": ["1", "2"], "plus:Licensor/plus:B": ["1", "2", "3"]},
        {"plus:Licensor/plus:A/plus:B": "a"},
    ],
)
def test_what_cannot_be_written_is_refused(properties: dict[str, str | list[str]]) -> None:
    """Unknown prefixes, control characters and uneven structs are the caller's error."""
    with pytest.raises(UsageError):
        xmp_packet.packet(properties)
