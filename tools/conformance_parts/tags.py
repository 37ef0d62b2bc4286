"""ExifTool's `group:tag` for every place of the crosswalk, as data.

The left side is a place as `creditline.vocab.fields` has it (carrier, key); the right side the tag as
`exiftool -G1 -struct` prints it, a struct member as `group:struct/member`. `None` says that ExifTool has no tag
there. A place that is missing here stops the run, so that the vocabulary cannot outgrow the comparison.
"""

from __future__ import annotations

EXIF = {
    "IFD0:Artist": "IFD0:Artist",
    "IFD0:Copyright": "IFD0:Copyright",
    "IFD0:ImageDescription": "IFD0:ImageDescription",
    "IFD0:Software": "IFD0:Software",
    "IFD0:UserComment": "IFD0:UserComment",
    "IFD0:XPAuthor": "IFD0:XPAuthor",
    "IFD0:XPComment": "IFD0:XPComment",
    "IFD0:XPKeywords": "IFD0:XPKeywords",
    "IFD0:XPTitle": "IFD0:XPTitle",
    "IFD0:BodySerialNumber": "IFD0:SerialNumber",
    "IFD0:CameraSerialNumber": "IFD0:CameraSerialNumber",
    "ExifIFD:BodySerialNumber": "ExifIFD:SerialNumber",
    "ExifIFD:CameraOwnerName": "ExifIFD:OwnerName",
    "ExifIFD:DateTimeDigitized": "ExifIFD:CreateDate",
    "ExifIFD:DateTimeOriginal": "ExifIFD:DateTimeOriginal",
    "ExifIFD:ImageUniqueID": "ExifIFD:ImageUniqueID",
    "ExifIFD:LensSerialNumber": "ExifIFD:LensSerialNumber",
    "ExifIFD:UserComment": "ExifIFD:UserComment",
    "GPS:GPSLatitude": "GPS:GPSLatitude",
}

IPTC = {
    "2:005": "IPTC:ObjectName",
    "2:025": "IPTC:Keywords",
    "2:040": "IPTC:SpecialInstructions",
    "2:055": "IPTC:DateCreated",
    "2:062": "IPTC:DigitalCreationDate",
    "2:065": "IPTC:OriginatingProgram",
    "2:080": "IPTC:By-line",
    "2:085": "IPTC:By-lineTitle",
    "2:090": "IPTC:City",
    "2:092": "IPTC:Sub-location",
    "2:095": "IPTC:Province-State",
    "2:100": "IPTC:Country-PrimaryLocationCode",
    "2:101": "IPTC:Country-PrimaryLocationName",
    "2:103": "IPTC:OriginalTransmissionReference",
    "2:105": "IPTC:Headline",
    "2:110": "IPTC:Credit",
    "2:115": "IPTC:Source",
    "2:116": "IPTC:CopyrightNotice",
    "2:118": "IPTC:Contact",
    "2:120": "IPTC:Caption-Abstract",
    "2:122": "IPTC:Writer-Editor",
    "2:187": "IPTC:UniqueDocumentID",
}

PHOTOSHOP = {"8BIM:040A": "Photoshop:CopyrightFlag", "8BIM:040B": "Photoshop:URL"}

PNG_TEXT = {
    "AIGC": "PNG:AIGC",
    "Artist": "PNG:Artist",
    "Author": "PNG:Author",
    "Comment": "PNG:Comment",
    "comment": "PNG:Comment",
    "Copyright": "PNG:Copyright",
    "Creation Time": "PNG:CreationTime",
    "Description": "PNG:Description",
    "Disclaimer": "PNG:Disclaimer",
    "Software": "PNG:Software",
    "Source": "PNG:Source",
    "Title": "PNG:Title",
    "Warning": "PNG:Warning",
    "exif:Artist": "PNG:ExifArtist",
    "exif:Copyright": "PNG:ExifCopyright",
    "exif:ImageDescription": "PNG:ExifImageDescription",
}

XMP_GROUPS = {
    "Iptc4xmpCore": "XMP-iptcCore",
    "Iptc4xmpExt": "XMP-iptcExt",
    "TC260": "XMP-TC260",
    "aux": "XMP-aux",
    "cc": "XMP-cc",
    "dc": "XMP-dc",
    "dcterms": "XMP-dcterms",
    "exif": "XMP-exif",
    "exifEX": "XMP-exifEX",
    "photoshop": "XMP-photoshop",
    "plus": "XMP-plus",
    "tiff": "XMP-tiff",
    "xmp": "XMP-xmp",
    "xmpMM": "XMP-xmpMM",
    "xmpRights": "XMP-xmpRights",
}
"""Prefix → ExifTool's group; the tag is the property's local name with a capital, but for `XMP_NAMES`."""

XMP_NAMES: dict[str, str | None] = {
    "Iptc4xmpExt:DigImageGUID": "DigitalImageGUID",
    "Iptc4xmpExt:RegistryId": "RegistryID",
    "Iptc4xmpExt:DigitalSourcefileType": "DigitalSourceFileType",
    "TC260:AIGC": "Aigc",
    "exifEX:BodySerialNumber": "SerialNumber",
    "exifEX:CameraOwnerName": "OwnerName",
    # ExifTool lists the structs, so that the bare array has no tag of its own.
    "xmpMM:History": None,
}

CALLED_BY_ID = {
    "plus:CopyrightStatus": "http://ns.useplus.org/ldf/vocab/",
    "plus:CreditLineRequired": "http://ns.useplus.org/ldf/vocab/",
    "plus:DataMining": "http://ns.useplus.org/ldf/vocab/",
    "plus:MinorModelAgeDisclosure": "http://ns.useplus.org/ldf/vocab/",
    "plus:ModelReleaseStatus": "http://ns.useplus.org/ldf/vocab/",
    "plus:PropertyReleaseStatus": "http://ns.useplus.org/ldf/vocab/",
}
"""Properties whose value is a term's address; ExifTool prints the term without what stands before it."""


NOT_IN_THE_READ_OUTS = frozenset({"mp4_metadata", "svg_metadata", "stealth", "comment"})
"""Carriers that the corpus's read-outs leave out or that have no tags of their own there."""


def tag_of(carrier: str, key: str) -> str | None:
    """ExifTool's tag for one place of the crosswalk; KeyError where the tables above have none."""
    if carrier in NOT_IN_THE_READ_OUTS:
        return None
    tables = {"exif": EXIF, "iptc": IPTC, "photoshop": PHOTOSHOP, "png_text": PNG_TEXT}
    if carrier in tables:
        return tables[carrier][key]
    name, _, member = key.partition("/")
    prefix, _, local = name.partition(":")
    own = XMP_NAMES.get(name, local[:1].upper() + local[1:])
    if member:
        own = own or local
        member = member.partition(":")[2]
        return f"{XMP_GROUPS[prefix]}:{own}/{member[:1].upper()}{member[1:]}"
    return None if own is None else f"{XMP_GROUPS[prefix]}:{own}"
