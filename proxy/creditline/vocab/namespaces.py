"""XMP namespaces under the prefixes that their standards print: compared by URI, never by a packet's prefix."""

from __future__ import annotations

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XML = "http://www.w3.org/XML/1998/namespace"

URI_OF = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpBJ": "http://ns.adobe.com/xap/1.0/bj/",
    "xmpTPg": "http://ns.adobe.com/xap/1.0/t/pg/",
    "xmpG": "http://ns.adobe.com/xap/1.0/g/",
    "xmpGImg": "http://ns.adobe.com/xap/1.0/g/img/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
    "xmpDM": "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
    "xmpidq": "http://ns.adobe.com/xmp/Identifier/qual/1.0/",
    "stEvt": "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#",
    "stRef": "http://ns.adobe.com/xap/1.0/sType/ResourceRef#",
    "stVer": "http://ns.adobe.com/xap/1.0/sType/Version#",
    "stJob": "http://ns.adobe.com/xap/1.0/sType/Job#",
    "stMfs": "http://ns.adobe.com/xap/1.0/sType/ManifestItem#",
    "stDim": "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
    "stFnt": "http://ns.adobe.com/xap/1.0/sType/Font#",
    "stArea": "http://ns.adobe.com/xmp/sType/Area#",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "exifEX": "http://cipa.jp/exif/1.0/",
    "aux": "http://ns.adobe.com/exif/1.0/aux/",
    "crs": "http://ns.adobe.com/camera-raw-settings/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "cc": "http://creativecommons.org/ns#",
    "TC260": "http://www.tc260.org.cn/ns/AIGC/1.0/",
    "c2pa": "http://c2pa.org/manifest",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
    "mwg-kw": "http://www.metadataworkinggroup.com/schemas/keywords/",
    "mwg-coll": "http://www.metadataworkinggroup.com/schemas/collections/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "acdsee": "http://ns.acdsee.com/iptc/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
    "mediapro": "http://ns.iview-multimedia.com/mediapro/1.0/",
    "photomech": "http://ns.camerabits.com/photomechanic/1.0/",
    "hdrgm": "http://ns.adobe.com/hdr-gain-map/1.0/",
    "GContainer": "http://ns.google.com/photos/1.0/container/",
    "Item": "http://ns.google.com/photos/1.0/container/item/",
    "GCamera": "http://ns.google.com/photos/1.0/camera/",
    "GImage": "http://ns.google.com/photos/1.0/image/",
    "GDepth": "http://ns.google.com/photos/1.0/depthmap/",
    "GPano": "http://ns.google.com/photos/1.0/panorama/",
    "GCreations": "http://ns.google.com/photos/1.0/creations/",
    "GettyImagesGIFT": "http://xmp.gettyimages.com/gift/1.0/",
    "ics": "http://ns.idimager.com/ics/1.0/",
    "tdm": "http://www.w3.org/ns/tdmrep#",
    "svg": "http://www.w3.org/2000/svg",
    "rdf": RDF,
    "xml": XML,
    "x": "adobe:ns:meta/",
}
"""Usual prefix → namespace URI."""

PREFIX_OF = {uri: prefix for prefix, uri in URI_OF.items()} | {
    # Spellings that older writers used for the same vocabulary.
    "http://purl.org/dc/1.1/": "dc",
    "http://www.w3.org/ns/tdmrep/": "tdm",
    "http://web.resource.org/cc/": "cc",
    "http://creativecommons.org/ns/": "cc",
}
"""Namespace URI → usual prefix, with other spellings of some."""

SEQ = frozenset(
    [
        "dc:creator",
        "dc:date",
        "plus:Licensor",
        "plus:ImageCreator",
        "plus:CopyrightOwner",
        "plus:ImageSupplier",
        "xmpMM:History",
        "tiff:BitsPerSample",
        "exif:ISOSpeedRatings",
        "Iptc4xmpExt:ArtworkOrObject/Iptc4xmpExt:AOCreator",
    ]
)
"""Properties whose array is ordered (rdf:Seq); every other array is written as rdf:Bag."""

ALT = frozenset(
    [
        "dc:title",
        "dc:description",
        "dc:rights",
        "xmpRights:UsageTerms",
        "Iptc4xmpCore:AltTextAccessibility",
        "Iptc4xmpCore:ExtDescrAccessibility",
        "plus:OtherConstraints",
        "plus:TermsAndConditionsText",
        "tiff:Copyright",
        "tiff:ImageDescription",
        "exif:UserComment",
        "Iptc4xmpExt:ArtworkOrObject/Iptc4xmpExt:AOTitle",
    ]
)
"""Properties whose value is a language alternative (rdf:Alt)."""

BAG = frozenset(
    [
        "dc:subject",
        "dc:contributor",
        "dc:publisher",
        "dc:language",
        "dc:relation",
        "dc:type",
        "xmp:Identifier",
        "xmpRights:Owner",
        "Iptc4xmpExt:PersonInImage",
        "Iptc4xmpExt:RegistryId",
        "Iptc4xmpExt:Contributor",
        "Iptc4xmpExt:Creator",
        "Iptc4xmpExt:ArtworkOrObject",
        "Iptc4xmpExt:LocationShown",
        "Iptc4xmpExt:LocationCreated",
        "plus:ModelReleaseID",
        "plus:PropertyReleaseID",
        "Iptc4xmpCore:Scene",
        "Iptc4xmpCore:SubjectCode",
    ]
)
"""Properties that are an unordered array even when they hold one item."""
