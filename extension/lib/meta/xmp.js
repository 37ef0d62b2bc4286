// @ts-check
/** XMP packets (ISO 16684-1): properties keyed by namespace, under the prefix usual for it; structs are flattened. */

import { ReadError, utf8, windows1252 } from "./bytes.js";
import { PREFIX_OF } from "./vocabulary.js";
import { parse } from "./xml.js";

/** @typedef {import("./xml.js").Node} Node */
/** @typedef {{texts: string[], languages: Record<string, string> | null, array: boolean}} Gathered */

const MAX_BYTES = 32 << 20;
const MAX_PATH = 1_024;
const MAX_KEYS = 20_000;
const DECLARATION = /<\?xml\s[^>]{0,200}\?>/;
const DECLARED_WITHIN = 1_024;
// eslint-disable-next-line no-control-regex -- exactly these are forbidden in XML 1.0
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const KNOWN_PREFIXES = new Set(Object.values(PREFIX_OF));

/** The packet's properties in document order. @param {Uint8Array} payload @param {string} [carrier]
 * @returns {import("./bytes.js").Property[]} */
export function readXmp(payload, carrier = "xmp") {
  if (payload.length > MAX_BYTES) throw new ReadError("limit", "The XMP packet is too large.");
  const source = packet(decode(payload));
  /** @type {Node} */
  let root;
  try {
    if (source.search(CONTROL) >= 0) throw new ReadError("xml_malformed", "control characters");
    root = parse(source);
  } catch (error) {
    const freed = source.replace(CONTROL, " ");
    if (!(error instanceof ReadError) || error.code !== "xml_malformed" || freed === source) throw error;
    root = parse(freed);
  }
  const roots = [...descriptions(root)];
  if (!roots.length && !["x:xmpmeta", "x:xapmeta"].includes(usual(root.name, root.prefix))) {
    throw new ReadError("xmp_no_rdf", "The XMP packet holds no rdf:RDF element.");
  }
  /** @type {Map<string, import("./bytes.js").Property["value"]>} */
  const found = new Map();
  for (const rdf of roots) {
    for (const description of rdf.children) {
      /** @type {Map<string, Gathered>} */
      const gathered = new Map();
      members(description, "", gathered);
      for (const [key, one] of gathered) {
        // ISO 16684-1 forbids a property twice; readers agree on the first that says anything.
        const earlier = found.get(key);
        if (one.texts.length && (earlier === undefined || !earlier.length)) found.set(key, value(one));
      }
      if (found.size > MAX_KEYS) throw new ReadError("limit", "The XMP packet has too many properties.");
    }
  }
  return [...found].map(([key, said]) => ({ carrier, key, value: said }));
}

/** Text by byte order mark, else by the NULs beside the first `<` (XML 1.0 appendix F).
 * @param {Uint8Array} data */
function decode(data) {
  const [a, b] = data;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    return new TextDecoder(a === 0xff ? "utf-16le" : "utf-16be").decode(data);
  }
  const first = data.indexOf(0x3c);
  if (first >= 0 && data[first + 1] === 0) {
    if (data[first + 2] === 0) throw new ReadError("xmp_encoding", "UTF-32 packets are not read.");
    const big = first % 2 === 1;
    return new TextDecoder(big ? "utf-16be" : "utf-16le").decode(data.subarray(first - (big ? 1 : 0)));
  }
  return utf8(data) ?? windows1252(data);
}

/** The XML without padding, declaration and what follows the last tag. @param {string} text */
function packet(text) {
  const start = text.indexOf("<");
  if (start < 0 || text.slice(0, start).replace(/[\0 \t\r\n\ufeff]/g, "")) {
    if (start < 0) throw new ReadError("xml_malformed", "The XMP packet holds no XML.");
  }
  const xml = text.slice(start, text.lastIndexOf(">") + 1);
  const found = DECLARATION.exec(xml.slice(0, DECLARED_WITHIN));
  return found ? xml.slice(0, found.index) + xml.slice(found.index + found[0].length) : xml;
}

/** `prefix:local`, the prefix being the usual one of that namespace. @param {string} name @param {string} prefix */
function usual(name, prefix) {
  const space = name.lastIndexOf(" ");
  if (space < 0) return name;
  const uri = name.slice(0, space), local = name.slice(space + 1);
  let known = Object.hasOwn(PREFIX_OF, uri) ? PREFIX_OF[uri] : prefix;
  // A foreign namespace under a known prefix must not pass for that vocabulary.
  if (!Object.hasOwn(PREFIX_OF, uri) && KNOWN_PREFIXES.has(prefix)) known = `{${uri}}`;
  return known ? `${known}:${local}` : local;
}

/** @param {Node} node */
const nameOf = (node) => usual(node.name, node.prefix);

/** @param {Node} node @param {string} name */
function attribute(node, name) {
  const found = node.attributes.find(([key, prefix]) => usual(key, prefix) === name);
  return found?.[2];
}

/** Every outermost rdf:RDF, in document order. @param {Node} root @returns {Generator<Node>} */
function* descriptions(root) {
  const waiting = [root];
  while (waiting.length) {
    const node = /** @type {Node} */ (waiting.pop());
    if (nameOf(node) === "rdf:RDF") yield node;
    else waiting.push(...[...node.children].reverse());
  }
}

/** @param {string} name */
const isProperty = (name) => !/^(?:rdf|xml):/.test(name) || name === "rdf:value";

/** @param {Node} node @param {string} path @param {Map<string, Gathered>} into */
function members(node, path, into) {
  for (const [key, prefix, said] of node.attributes) {
    const name = usual(key, prefix);
    if (isProperty(name)) add(name === "rdf:value" ? path : below(path, name), said, into);
  }
  const stated = new Set();
  for (const child of node.children) {
    const name = nameOf(child);
    // Of two of one name in a node the first that says something counts.
    if (stated.has(name)) continue;
    if (child.children.length || child.text.trim() || attribute(child, "rdf:resource") !== undefined) stated.add(name);
    read(child, name === "rdf:value" ? path : below(path, name), into);
  }
}

/** @param {string} path @param {string} name */
function below(path, name) {
  const joined = path ? `${path}/${name}` : name;
  if (joined.length > MAX_PATH) throw new ReadError("limit", "The XMP packet has a path that is too long.");
  return joined;
}

/** @param {string} path @param {string} text @param {Map<string, Gathered>} into @param {string} [language] */
function add(path, text, into, language) {
  const one = slot(path, into);
  one.texts.push(text);
  if (language !== undefined) {
    one.languages ??= Object.create(null);
    const languages = /** @type {Record<string, string>} */ (one.languages);
    languages[language] ??= text;
  }
}

/** @param {string} path @param {Map<string, Gathered>} into @returns {Gathered} */
function slot(path, into) {
  let one = into.get(path);
  if (!one) {
    if (into.size >= MAX_KEYS) throw new ReadError("limit", "The XMP packet has too many properties.");
    one = { texts: [], languages: null, array: false };
    into.set(path, one);
  }
  return one;
}

/** @param {Gathered} one */
function value({ texts, languages, array }) {
  const names = languages ? Object.keys(languages) : [];
  if (languages && names.length && texts.length === names.length) {
    return names.length === 1 && names[0] === "x-default" ? texts[0] : { ...languages };
  }
  return texts.length === 1 && !array ? texts[0] : texts;
}

/** One property value or array item (ISO 16684-1 clause 7). @param {Node} node @param {string} path
 * @param {Map<string, Gathered>} into @param {string} [language] */
function read(node, path, into, language) {
  if (attribute(node, "rdf:parseType") === "Resource") return members(node, path, into);
  if (!node.children.length) {
    const resource = attribute(node, "rdf:resource");
    if (resource !== undefined) add(path, resource, into);
    if (node.attributes.some(([key, prefix]) => isProperty(usual(key, prefix)))) members(node, path, into);
    else if (resource === undefined) add(path, node.text, into, language);
    return;
  }
  for (const child of node.children) {
    const name = nameOf(child);
    if (name === "rdf:Bag" || name === "rdf:Seq" || name === "rdf:Alt") {
      const one = slot(path, into), alternative = name === "rdf:Alt";
      one.array ||= !alternative;
      for (const item of child.children) {
        const spoken = alternative ? attribute(item, "xml:lang") : undefined;
        read(item, path, into, spoken?.toLowerCase() === "x-default" ? "x-default" : spoken);
      }
    } else if (name === "cc:Agent") {
      // Creative Commons names a party by the title of an agent; that title is the value.
      for (const title of child.children) {
        read(title, nameOf(title) === "dc:title" ? path : below(path, nameOf(title)), into);
      }
    } else members(child, path, into);
  }
}
