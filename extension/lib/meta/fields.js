// @ts-check
/** One value for each field that a label shows, as the Metadata Working Group's guidelines reconcile carriers
 * (MWG 2.0, chapter 5): Exif first, then XMP unless the digest shows that IIM was edited since, then IIM. */

import { isPlaceholder } from "./generators.js";
import { md5 } from "./md5.js";

/** @typedef {import("./bytes.js").Property} Property */
/** @typedef {{creator?: string[], credit_line?: string, copyright_notice?: string, license_url?: string, web_statement?: string}} Fields */

/** IIM 4.2: the longest value of a dataset, in bytes; a value cut there is an expected truncation.
 * @type {Record<string, number>} */
const IIM_BYTES = { "2:080": 32, "2:110": 32, "2:116": 128 };

/** Field → places, strongest first; `xmp` stands for the extended packet too.
 * @type {Record<keyof Fields, [string, string][]>} */
const PLACES = {
  creator: [
    ["exif", "IFD0:Artist"], ["xmp", "dc:creator"], ["xmp", "tiff:Artist"],
    ["xmp_extended", "dc:creator"], ["xmp_extended", "tiff:Artist"], ["iptc", "2:080"],
    ["png_text", "Author"], ["png_text", "Artist"], ["png_text", "exif:Artist"], ["exif", "IFD0:XPAuthor"],
  ],
  credit_line: [["xmp", "photoshop:Credit"], ["xmp_extended", "photoshop:Credit"], ["iptc", "2:110"]],
  copyright_notice: [
    ["exif", "IFD0:Copyright"], ["xmp", "dc:rights"], ["xmp", "tiff:Copyright"],
    ["xmp_extended", "dc:rights"], ["xmp_extended", "tiff:Copyright"], ["iptc", "2:116"],
    ["png_text", "Copyright"], ["png_text", "exif:Copyright"],
  ],
  license_url: [
    ["xmp", "cc:license"], ["xmp", "dcterms:license"], ["xmp", "plus:TermsAndConditionsURL"],
    ["xmp_extended", "cc:license"], ["xmp_extended", "dcterms:license"], ["xmp_extended", "plus:TermsAndConditionsURL"],
  ],
  web_statement: [["xmp", "xmpRights:WebStatement"], ["xmp_extended", "xmpRights:WebStatement"], ["photoshop", "8BIM:040B"]],
};

/** @typedef {{field: string, carrier: string, key: string, value: Property["value"]}} Entry */

/** Each field with the carrier that it was taken from.
 * @param {Property[]} properties @param {import("./generators.js").Generation[]} generations
 * @param {import("./bytes.js").Block[]} blocks
 * @returns {{fields: Fields, sources: Partial<Record<keyof Fields, string>>}} */
export function resolve(properties, generations, blocks) {
  const inSync = iimInSync(properties, blocks);
  /** @type {Fields} */
  const fields = {};
  /** @type {Partial<Record<keyof Fields, string>>} */
  const sources = {};
  for (const name of /** @type {(keyof Fields)[]} */ (Object.keys(PLACES))) {
    const found = entries(name, properties, generations);
    if (!found.length) continue;
    let chosen = found[0];
    if (inSync === false && chosen.carrier.startsWith("xmp")) {
      const iim = found.find((entry) => entry.carrier === "iptc");
      if (iim && !cutFrom(iim, chosen)) chosen = iim;
    }
    const value = chosen.value;
    const said = Array.isArray(value) || typeof value === "string" ? value : first(value);
    // @ts-expect-error -- the creator is the one list, and `entries` made it one
    fields[name] = said;
    sources[name] = chosen.carrier;
  }
  return { fields, sources };
}

/** @param {keyof Fields} name @param {Property[]} properties
 * @param {import("./generators.js").Generation[]} generations @returns {Entry[]} */
function entries(name, properties, generations) {
  const found = [];
  for (const [carrier, key] of PLACES[name]) {
    const said = properties.filter((one) => one.carrier === carrier && one.key === key);
    // Of two blocks of one kind the first that says anything is authoritative.
    const item = said.find((one) => filled(clean(one.value))) ?? said[0];
    if (!item || (name === "creator" && isPlaceholder(item, generations))) continue;
    const value = normal(name, item, clean(item.value));
    if (filled(value)) found.push({ field: name, carrier, key, value });
  }
  return found;
}

/** @param {string} text */
const bare = (text) => text.replace(/^[ \t\r\n\0]+|[ \t\r\n\0]+$/g, "");

/** @param {Property["value"]} value @returns {Property["value"]} */
function clean(value) {
  if (typeof value === "string") return bare(value);
  if (Array.isArray(value)) return value.map(bare).filter(Boolean);
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, bare(text)]).filter(([, text]) => text));
}

/** @param {Property["value"]} value */
const filled = (value) => (typeof value === "object" ? Object.keys(value).length > 0 : value !== "");

/** @param {Record<string, string>} value */
const first = (value) => value["x-default"] || Object.values(value)[0] || "";

/** @param {keyof Fields} name @param {Property} item @param {Property["value"]} value @returns {Property["value"]} */
function normal(name, item, value) {
  if (name !== "creator") return Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (Array.isArray(value)) return value;
  if (typeof value === "object") return [...new Set(Object.values(value))];
  if (!value) return [];
  if (item.key === "IFD0:Artist") return artists(value);
  if (item.key === "IFD0:XPAuthor") return value.split(";").map((part) => part.trim()).filter(Boolean);
  return [value];
}

/** MWG 2.0, 5.4: names joined with `; `; one that holds `;` or `"` is quoted, its quotes doubled.
 * @param {string} text */
function artists(text) {
  if (text.length > 4_000 || !/[;"]/.test(text)) return [text];
  const names = [];
  for (const [, quoted, plain] of text.matchAll(/\s*(?:"((?:[^"]|"")*)"\s*(?=;|$)|([^;]*))(?:;|$)/g)) {
    const name = (quoted !== undefined ? quoted.replaceAll('""', '"') : plain ?? "").trim();
    if (name) names.push(name);
  }
  return names.length ? names : [text];
}

/** Whether the IIM digest of the Photoshop resources fits the IIM (MWG 2.0, 5.3); null without one.
 * @param {Property[]} properties @param {import("./bytes.js").Block[]} blocks */
function iimInSync(properties, blocks) {
  const records = blocks.find((block) => block.carrier === "iptc");
  const digest = properties.find((one) => one.carrier === "photoshop" && one.key === "8BIM:0425");
  return records && digest ? digest.value === md5(records.payload) : null;
}

/** Whether each IIM text is the XMP text at its place, whole or cut to the dataset's limit in bytes.
 * @param {Entry} iim @param {Entry} xmp */
function cutFrom(iim, xmp) {
  const limit = IIM_BYTES[iim.key];
  const [short, long] = [texts(iim.value), texts(xmp.value)];
  if (limit === undefined || short.length !== long.length) return short.join("\0") === long.join("\0");
  const size = (/** @type {string} */ text) => new TextEncoder().encode(text).length;
  return short.every(
    (a, index) => a === long[index] || (size(long[index]) > limit && a && long[index].startsWith(a) && limit - size(a) < 4),
  );
}

/** @param {Property["value"]} value */
function texts(value) {
  return typeof value === "string" ? [value] : Array.isArray(value) ? value : [first(value)];
}
