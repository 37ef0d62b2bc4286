"""The crosswalk as data: each canonical field, its § 1202(c) categories, and where carriers keep it.

Sources: IPTC Photo Metadata Standard, IIM 4.2, Exif 3.0, PLUS LDF, PNG keywords. Ids are stable (contract §3).
"""

from __future__ import annotations

from dataclasses import dataclass

# fmt: off
IIM_BYTES = {
    "2:005": 64, "2:025": 64, "2:040": 256, "2:080": 32, "2:085": 32, "2:090": 32,
    "2:092": 32, "2:095": 32, "2:100": 3, "2:101": 64, "2:103": 32, "2:105": 256,
    "2:110": 32, "2:115": 32, "2:116": 128, "2:118": 128, "2:120": 2000, "2:122": 32,
}
# fmt: on
"""IIM 4.2: the longest value of a dataset, in bytes. A value cut there is an expected truncation."""


_SVG = {
    "creator": "dc:creator",
    "contributor": "dc:contributor",
    "copyright_notice": "dc:rights",
    "source": "dc:source",
    "license_url": "cc:license",
    "title": "dc:title|title",
    "identifier": "dc:identifier",
    "caption": "dc:description|desc",
    "keywords": "dc:subject",
}
"""Creative Commons' RDF in SVG, and the picture's own title and description."""


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One canonical field.

    `primary` is the § 1202(c) category it counts under; None with `categories` set means that it may belong
    there but is not counted as CMI. `places` are (carrier, key), strongest first. `many`: the value is a list;
    `date`: ISO 8601; `private`: never re-attached unasked.
    """

    id: str
    categories: tuple[int, ...]
    primary: int | None
    places: tuple[tuple[str, str], ...]
    group: str
    many: bool = False
    date: bool = False
    private: bool = False


def _field(
    id_: str,
    group: str,
    categories: tuple[int, ...] = (),
    primary: int | None = None,
    *,
    exif: str = "",
    xmp: str = "",
    iptc: str = "",
    irb: str = "",
    png: str = "",
    mp4: str = "",
    weak: str = "",
    many: bool = False,
    date: bool = False,
    private: bool = False,
) -> FieldDef:
    """Keys are separated by `|`. `weak` are Exif keys that rank behind every other carrier."""
    places: list[tuple[str, str]] = []
    carriers = (
        ("exif", exif),
        ("xmp", xmp),
        ("xmp_extended", xmp),
        ("iptc", iptc),
        ("photoshop", irb),
        ("png_text", png),
        ("mp4_metadata", mp4),
        ("svg_metadata", _SVG.get(id_, "")),
        ("exif", weak),
    )
    for carrier, keys in carriers:
        places += [(carrier, key) for key in keys.split("|") if key]
    return FieldDef(id_, categories, primary, tuple(places), group, many, date, private)


def _members(struct: str, *members: str) -> str:
    """Keys of struct members as the XMP reader flattens them."""
    prefix = struct.partition(":")[0]
    return "|".join(f"{struct}/{m if ':' in m else f'{prefix}:{m}'}" for m in members)


def _apple(*names: str) -> str:
    """Keys of QuickTime's metadata lists, and the bare names that other writers use there."""
    return "|".join(f"mdta:{prefix}{name}" for name in names for prefix in ("com.apple.quicktime.", ""))


_CONTACT = "Iptc4xmpCore:CreatorContactInfo"
_ART = "Iptc4xmpExt:ArtworkOrObject"
_PLACE_MEMBERS = ("Sublocation", "City", "ProvinceState", "CountryName", "CountryCode", "LocationName")

FIELDS: tuple[FieldDef, ...] = (
    # who made it
    _field(
        "creator",
        "cmi",
        (2,),
        2,
        exif="IFD0:Artist",
        xmp="dc:creator|tiff:Artist",
        iptc="2:080",
        png="Author|Artist|exif:Artist",
        mp4="ilst:©ART|ilst:©aut|udta:©ART|udta:©aut|udta:auth|" + _apple("author", "artist"),
        weak="IFD0:XPAuthor",
        many=True,
    ),
    _field("creator_title", "cmi", (2,), 2, xmp="photoshop:AuthorsPosition", iptc="2:085"),
    _field(
        "creator_id",
        "cmi",
        (2, 7),
        2,
        xmp=_members("Iptc4xmpExt:Creator", "Identifier")
        + "|"
        + _members("plus:ImageCreator", "ImageCreatorID", "ImageCreatorId"),
    ),
    _field("image_creator", "cmi", (2,), 2, xmp=_members("plus:ImageCreator", "ImageCreatorName"), many=True),
    _field("creator_contact", "cmi", (2,), 2, iptc="2:118"),
    _field("creator_contact.email", "cmi", (2,), 2, xmp=_members(_CONTACT, "CiEmailWork")),
    _field("creator_contact.url", "cmi", (2,), 2, xmp=_members(_CONTACT, "CiUrlWork")),
    _field("creator_contact.phone", "cmi", (2,), 2, xmp=_members(_CONTACT, "CiTelWork")),
    _field("creator_contact.address", "cmi", (2,), 2, xmp=_members(_CONTACT, "CiAdrExtadr")),
    _field("creator_contact.city", "cmi", (2,), 2, xmp=_members(_CONTACT, "CiAdrCity")),
    _field("creator_contact.region", "cmi", (2,), 2, xmp=_members(_CONTACT, "CiAdrRegion")),
    _field("creator_contact.postcode", "cmi", (2,), 2, xmp=_members(_CONTACT, "CiAdrPcode")),
    _field("creator_contact.country", "cmi", (2,), 2, xmp=_members(_CONTACT, "CiAdrCtry")),
    _field(
        "contributor",
        "cmi",
        (4, 5),
        4,
        xmp=_members("Iptc4xmpExt:Contributor", "Name") + "|dc:contributor",
        many=True,
    ),
    _field("credit_line", "cmi", (2, 3), 2, xmp="photoshop:Credit", iptc="2:110"),
    # who owns it
    _field(
        "copyright_notice",
        "cmi",
        (1, 3),
        3,
        exif="IFD0:Copyright",
        xmp="dc:rights|tiff:Copyright",
        iptc="2:116",
        png="Copyright|exif:Copyright",
        mp4="ilst:cprt|ilst:©cpy|udta:©cpy|udta:cprt|" + _apple("copyright"),
    ),
    _field(
        "copyright_owner", "cmi", (3,), 3, xmp=_members("plus:CopyrightOwner", "CopyrightOwnerName"), many=True
    ),
    _field(
        "copyright_owner_id",
        "cmi",
        (3, 7),
        3,
        xmp=_members("plus:CopyrightOwner", "CopyrightOwnerID", "CopyrightOwnerId"),
    ),
    _field("rights_owner", "cmi", (3,), 3, xmp="xmpRights:Owner", many=True),
    _field(
        "source",
        "cmi",
        (2, 3),
        3,
        xmp="photoshop:Source|Iptc4xmpExt:SupplyChainSource|" + _members("Iptc4xmpExt:SupplyChainSource", "Name"),
        iptc="2:115",
        png="Source",
    ),
    # on which terms
    _field("rights_marked", "cmi", (6, 7), 6, xmp="xmpRights:Marked", irb="8BIM:040A"),
    _field("copyright_status", "cmi", (6,), 6, xmp="plus:CopyrightStatus"),
    _field("copyright_registration", "cmi", (7,), 7, xmp="plus:CopyrightRegistrationNumber"),
    _field("web_statement", "cmi", (6, 7), 6, xmp="xmpRights:WebStatement", irb="8BIM:040B"),
    _field("license_url", "cmi", (6, 7), 6, xmp="cc:license|dcterms:license|plus:TermsAndConditionsURL"),
    _field(
        "usage_terms",
        "cmi",
        (6,),
        6,
        xmp="xmpRights:UsageTerms|plus:TermsAndConditionsText",
        png="Disclaimer",
    ),
    _field("credit_required", "cmi", (6,), 6, xmp="plus:CreditLineRequired"),
    _field("instructions", "cmi", (6,), 6, xmp="photoshop:Instructions", iptc="2:040", png="Warning"),
    _field("licensor_name", "cmi", (6,), 6, xmp=_members("plus:Licensor", "LicensorName")),
    _field("licensor_url", "cmi", (6, 7), 6, xmp=_members("plus:Licensor", "LicensorURL")),
    _field("licensor_email", "cmi", (6,), 6, xmp=_members("plus:Licensor", "LicensorEmail")),
    _field("licensor_phone", "cmi", (6,), 6, xmp=_members("plus:Licensor", "LicensorTelephone1")),
    _field("licensor_id", "cmi", (6, 7), 6, xmp=_members("plus:Licensor", "LicensorID", "LicensorId")),
    _field("data_mining", "consent", (6,), 6, xmp="plus:DataMining"),
    _field("other_constraints", "consent", (6,), 6, xmp="plus:OtherConstraints"),
    _field(
        "rights_expression",
        "consent",
        (6,),
        6,
        xmp=_members("Iptc4xmpExt:EmbdEncRightsExpr", "EncRightsExpr")
        + "|"
        + _members("Iptc4xmpExt:LinkedEncRightsExpr", "LinkedRightsExpr"),
    ),
    # which work it is
    _field(
        "title",
        "cmi",
        (1,),
        1,
        xmp="dc:title",
        iptc="2:005",
        png="Title",
        mp4="ilst:©nam|udta:©nam|udta:titl|" + _apple("title", "displayname"),
        weak="IFD0:XPTitle",
    ),
    _field("headline", "cmi", (1,), 1, xmp="photoshop:Headline", iptc="2:105"),
    _field("job_id", "cmi", (7,), 7, xmp="photoshop:TransmissionReference", iptc="2:103"),
    _field(
        "digital_image_guid",
        "cmi",
        (1, 7),
        7,
        exif="ExifIFD:ImageUniqueID",
        xmp="Iptc4xmpExt:DigImageGUID|exif:ImageUniqueID",
    ),
    _field(
        "identifier",
        "cmi",
        (1, 7),
        7,
        xmp="dc:identifier|xmp:Identifier|xmpMM:OriginalDocumentID|xmpMM:DocumentID|xmpMM:InstanceID",
        iptc="2:187",
    ),
    _field(
        "registry_id",
        "cmi",
        (1, 7),
        7,
        xmp=_members("Iptc4xmpExt:RegistryId", "RegItemId"),
        many=True,
    ),
    _field("licensor_image_id", "cmi", (7,), 7, xmp="plus:LicensorImageID"),
    _field("image_supplier", "description", xmp=_members("plus:ImageSupplier", "ImageSupplierName"), many=True),
    _field(
        "image_supplier_id",
        "description",
        xmp=_members("plus:ImageSupplier", "ImageSupplierID", "ImageSupplierId"),
    ),
    _field("image_supplier_image_id", "cmi", (7,), 7, xmp="plus:ImageSupplierImageID"),
    _field("provenance_url", "cmi", (7,), 7, xmp="dcterms:provenance"),
    # a work that the picture shows
    _field("artwork.title", "cmi", (1,), 1, xmp=_members(_ART, "AOTitle")),
    _field("artwork.creator", "cmi", (2,), 2, xmp=_members(_ART, "AOCreator"), many=True),
    _field("artwork.copyright_notice", "cmi", (1, 3), 3, xmp=_members(_ART, "AOCopyrightNotice")),
    _field(
        "artwork.copyright_owner",
        "cmi",
        (3,),
        3,
        xmp=_members(_ART, "AOCurrentCopyrightOwnerName"),
    ),
    _field("artwork.source", "cmi", (2, 3), 3, xmp=_members(_ART, "AOSource")),
    # what it shows; kept and compared, not counted as CMI
    _field(
        "caption",
        "description",
        (1,),
        exif="IFD0:ImageDescription",
        xmp="dc:description|tiff:ImageDescription|exif:UserComment",
        iptc="2:120",
        png="Description|Comment|comment|exif:ImageDescription",
        mp4="ilst:©des|ilst:desc|ilst:ldes|ilst:©cmt|udta:©des|udta:dscp|udta:©cmt|"
        + _apple("description", "comment"),
        weak="IFD0:XPComment|ExifIFD:UserComment|IFD0:UserComment",
    ),
    _field("caption_writer", "description", (5,), xmp="photoshop:CaptionWriter", iptc="2:122"),
    _field("alt_text", "description", xmp="Iptc4xmpCore:AltTextAccessibility"),
    _field("ext_description", "description", xmp="Iptc4xmpCore:ExtDescrAccessibility"),
    _field("keywords", "description", xmp="dc:subject", iptc="2:025", weak="IFD0:XPKeywords", many=True),
    _field(
        "date_created",
        "description",
        exif="ExifIFD:DateTimeOriginal",
        xmp="photoshop:DateCreated|exif:DateTimeOriginal",
        iptc="2:055",
        png="Creation Time",
        date=True,
    ),
    _field(
        "date_digitized",
        "description",
        exif="ExifIFD:DateTimeDigitized",
        xmp="xmp:CreateDate|exif:DateTimeDigitized",
        iptc="2:062",
        date=True,
    ),
    _field(
        "software",
        "description",
        exif="IFD0:Software",
        xmp="xmp:CreatorTool|tiff:Software",
        iptc="2:065",
        png="Software",
        mp4="ilst:©too|ilst:©swr|udta:©swr|udta:©too|" + _apple("software"),
    ),
    _field(
        "edit_history",
        "description",
        xmp="xmpMM:History|" + _members("xmpMM:History", "stEvt:action"),
        many=True,
    ),
    # releases of people and property
    _field("model_release", "consent", xmp="plus:ModelReleaseStatus"),
    _field("model_release_id", "consent", xmp="plus:ModelReleaseID", many=True),
    _field("property_release", "consent", xmp="plus:PropertyReleaseStatus"),
    _field("property_release_id", "consent", xmp="plus:PropertyReleaseID", many=True),
    _field("minor_age", "consent", xmp="plus:MinorModelAgeDisclosure"),
    # AI
    _field(
        "digital_source_type",
        "ai",
        xmp="Iptc4xmpExt:DigitalSourceType|Iptc4xmpExt:DigitalSourceFileType|Iptc4xmpExt:DigitalSourcefileType",
    ),
    _field("ai_system", "ai", xmp="Iptc4xmpExt:AISystemUsed"),
    _field("ai_system_version", "ai", xmp="Iptc4xmpExt:AISystemVersionUsed"),
    _field("ai_prompt", "ai", xmp="Iptc4xmpExt:AIPromptInformation"),
    _field("ai_prompt_writer", "ai", xmp="Iptc4xmpExt:AIPromptWriterName"),
    _field("tc260_aigc", "ai", xmp="TC260:AIGC|TC260:Aigc", png="AIGC", mp4="AIGC"),
    # people, places, devices
    _field(
        "person_shown",
        "person",
        (4,),
        xmp="Iptc4xmpExt:PersonInImage|" + _members("Iptc4xmpExt:PersonInImageWDetails", "PersonName"),
        many=True,
        private=True,
    ),
    _field("city", "place", xmp="photoshop:City", iptc="2:090", private=True),
    _field("state", "place", xmp="photoshop:State", iptc="2:095", private=True),
    _field("country", "place", xmp="photoshop:Country", iptc="2:101", private=True),
    _field("country_code", "place", xmp="Iptc4xmpCore:CountryCode", iptc="2:100", private=True),
    _field("sublocation", "place", xmp="Iptc4xmpCore:Location", iptc="2:092", private=True),
    _field(
        "location_created", "place", xmp=_members("Iptc4xmpExt:LocationCreated", *_PLACE_MEMBERS), private=True
    ),
    _field("location_shown", "place", xmp=_members("Iptc4xmpExt:LocationShown", *_PLACE_MEMBERS), private=True),
    _field(
        "gps",
        "place",
        exif="GPS:GPSLatitude",
        xmp="exif:GPSLatitude",
        mp4="udta:©xyz|ilst:©xyz|" + _apple("location.ISO6709"),
        private=True,
    ),
    _field(
        "camera_serial",
        "device",
        exif="ExifIFD:BodySerialNumber|IFD0:CameraSerialNumber|IFD0:BodySerialNumber",
        xmp="exifEX:BodySerialNumber|aux:SerialNumber",
        private=True,
    ),
    _field(
        "lens_serial",
        "device",
        exif="ExifIFD:LensSerialNumber",
        xmp="exifEX:LensSerialNumber|aux:LensSerialNumber",
        private=True,
    ),
    _field(
        "owner_name",
        "person",
        exif="ExifIFD:CameraOwnerName",
        xmp="exifEX:CameraOwnerName|aux:OwnerName",
        private=True,
    ),
)
"""Every canonical field, in the order in which reports list them."""

BY_ID = {definition.id: definition for definition in FIELDS}
BY_PLACE = {place: definition for definition in FIELDS for place in definition.places}
"""(carrier, key) → the field kept there; no place serves two fields."""


def carriers_of(field_id: str) -> tuple[str, ...]:
    """The carriers that can hold a field, strongest first. KeyError for an id that is none."""
    return tuple(dict.fromkeys(carrier for carrier, _ in BY_ID[field_id].places))
