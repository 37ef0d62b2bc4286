// @ts-check
// Written by tools/extension_vocabulary.py from the Python package's vocabularies; a test says when it is stale.

/** Namespace URI → usual prefix. @type {Record<string, string>} */
export const PREFIX_OF = {
  "http://purl.org/dc/elements/1.1/": "dc",
  "http://purl.org/dc/terms/": "dcterms",
  "http://ns.adobe.com/xap/1.0/": "xmp",
  "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
  "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
  "http://ns.adobe.com/xap/1.0/bj/": "xmpBJ",
  "http://ns.adobe.com/xap/1.0/t/pg/": "xmpTPg",
  "http://ns.adobe.com/xap/1.0/g/": "xmpG",
  "http://ns.adobe.com/xap/1.0/g/img/": "xmpGImg",
  "http://ns.adobe.com/xmp/note/": "xmpNote",
  "http://ns.adobe.com/xmp/1.0/DynamicMedia/": "xmpDM",
  "http://ns.adobe.com/xmp/Identifier/qual/1.0/": "xmpidq",
  "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
  "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
  "http://ns.adobe.com/xap/1.0/sType/Version#": "stVer",
  "http://ns.adobe.com/xap/1.0/sType/Job#": "stJob",
  "http://ns.adobe.com/xap/1.0/sType/ManifestItem#": "stMfs",
  "http://ns.adobe.com/xap/1.0/sType/Dimensions#": "stDim",
  "http://ns.adobe.com/xap/1.0/sType/Font#": "stFnt",
  "http://ns.adobe.com/xmp/sType/Area#": "stArea",
  "http://ns.adobe.com/photoshop/1.0/": "photoshop",
  "http://ns.adobe.com/tiff/1.0/": "tiff",
  "http://ns.adobe.com/exif/1.0/": "exif",
  "http://cipa.jp/exif/1.0/": "exifEX",
  "http://ns.adobe.com/exif/1.0/aux/": "aux",
  "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
  "http://ns.adobe.com/lightroom/1.0/": "lr",
  "http://ns.adobe.com/pdf/1.3/": "pdf",
  "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
  "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
  "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
  "http://creativecommons.org/ns#": "cc",
  "http://www.tc260.org.cn/ns/AIGC/1.0/": "TC260",
  "http://c2pa.org/manifest": "c2pa",
  "http://prismstandard.org/namespaces/basic/2.0/": "prism",
  "http://www.metadataworkinggroup.com/schemas/regions/": "mwg-rs",
  "http://www.metadataworkinggroup.com/schemas/keywords/": "mwg-kw",
  "http://www.metadataworkinggroup.com/schemas/collections/": "mwg-coll",
  "http://www.digikam.org/ns/1.0/": "digiKam",
  "http://ns.acdsee.com/iptc/1.0/": "acdsee",
  "http://ns.microsoft.com/photo/1.0/": "MicrosoftPhoto",
  "http://ns.iview-multimedia.com/mediapro/1.0/": "mediapro",
  "http://ns.camerabits.com/photomechanic/1.0/": "photomech",
  "http://ns.adobe.com/hdr-gain-map/1.0/": "hdrgm",
  "http://ns.google.com/photos/1.0/container/": "GContainer",
  "http://ns.google.com/photos/1.0/container/item/": "Item",
  "http://ns.google.com/photos/1.0/camera/": "GCamera",
  "http://ns.google.com/photos/1.0/image/": "GImage",
  "http://ns.google.com/photos/1.0/depthmap/": "GDepth",
  "http://ns.google.com/photos/1.0/panorama/": "GPano",
  "http://ns.google.com/photos/1.0/creations/": "GCreations",
  "http://xmp.gettyimages.com/gift/1.0/": "GettyImagesGIFT",
  "http://ns.idimager.com/ics/1.0/": "ics",
  "http://www.w3.org/ns/tdmrep#": "tdm",
  "http://www.w3.org/2000/svg": "svg",
  "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
  "http://www.w3.org/XML/1998/namespace": "xml",
  "adobe:ns:meta/": "x",
  "http://purl.org/dc/1.1/": "dc",
  "http://www.w3.org/ns/tdmrep/": "tdm",
  "http://web.resource.org/cc/": "cc",
  "http://creativecommons.org/ns/": "cc",
};

/** Source type in lower case → its spelling, and what it says about AI. @type {Record<string, [string, string]>} */
export const SOURCE_TYPES = {
  "trainedalgorithmicmedia": ["trainedAlgorithmicMedia", "generated"],
  "compositewithtrainedalgorithmicmedia": ["compositeWithTrainedAlgorithmicMedia", "edited"],
  "compositesynthetic": ["compositeSynthetic", "edited"],
  "composite": ["composite", "possible"],
  "virtualrecording": ["virtualRecording", "possible"],
  "screencapture": ["screenCapture", "possible"],
  "algorithmicallyenhanced": ["algorithmicallyEnhanced", "algorithmic"],
  "algorithmicmedia": ["algorithmicMedia", "algorithmic"],
  "datadrivenmedia": ["dataDrivenMedia", "other"],
  "digitalcapture": ["digitalCapture", "captured"],
  "computationalcapture": ["computationalCapture", "captured"],
  "compositecapture": ["compositeCapture", "captured"],
  "negativefilm": ["negativeFilm", "digitised"],
  "positivefilm": ["positiveFilm", "digitised"],
  "print": ["print", "digitised"],
  "humanedits": ["humanEdits", "human"],
  "minorhumanedits": ["minorHumanEdits", "human"],
  "digitalcreation": ["digitalCreation", "human"],
  "digitalart": ["digitalArt", "human"],
  "softwareimage": ["softwareImage", "other"],
  "empty": ["empty", "other"],
  "trainedalgorithmicdata": ["trainedAlgorithmicData", "generated"],
  "compositeincludingsyntheticelements": ["compositeIncludingSyntheticElements", "edited"],
};

/** `plus:DataMining` code → what it says about AI training. @type {Record<string, string>} */
export const DATA_MINING = {
  "DMI-UNSPECIFIED": "unspecified",
  "DMI-ALLOWED": "allowed",
  "DMI-PROHIBITED-AIMLTRAINING": "prohibited",
  "DMI-PROHIBITED-GENAIMLTRAINING": "prohibited",
  "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": "prohibited",
  "DMI-PROHIBITED": "prohibited",
  "DMI-PROHIBITED-SEECONSTRAINT": "constrained",
  "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": "constrained",
  "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": "constrained",
};

/** Credit lines that services stamp, in lower case → who, how much. @type {Record<string, [string, string]>} */
export const CREDIT_MARKS = {
  "made with google ai": ["Google AI", "generated"],
  "ai-generated with google": ["Google AI", "generated"],
  "edited with google ai": ["Google AI", "edited"],
  "imagined with ai": ["Meta AI", "generated"],
};

/** Producers under GB 45438-2025 by number. @type {Record<string, string>} */
export const AIGC_PRODUCERS = {
  "91110102MACQD9K640": "Doubao (ByteDance)",
};

/** How an AI system's name begins → the generator. @type {[RegExp, string][]} */
export const AGENTS = [
  [/^(?:(?:adobe[ _]firefly|firefly)(?![a-z]))/iu, "Adobe Firefly"],
  [/^(?:(?:azure openai|bing image creator|image creator from|microsoft designer|microsoft bing)(?![a-z]))/iu, "Microsoft"],
  [/^(?:(?:gpt-image(?:-\d)?|gpt-4o|dall[-·. ]?e|chatgpt|openai(?:-api)?|sora)(?![a-z]))/iu, "OpenAI"],
  [/^(?:(?:google (?:ai|gemini|imagen)|gemini|imagen|nano banana|veo)(?![a-z]))/iu, "Google AI"],
  [/^(?:(?:black forest labs|flux)(?![a-z]))/iu, "Black Forest Labs FLUX"],
  [/^(?:(?:stability ai|stable ?diffusion|stable image|dreamstudio)(?![a-z]))/iu, "Stability AI"],
  [/^(?:(?:midjourney)(?![a-z]))/iu, "Midjourney"],
  [/^(?:(?:meta ai|imagined with ai)(?![a-z]))/iu, "Meta AI"],
  [/^(?:(?:xai|grok)(?![a-z]))/iu, "xAI Grok"],
];
