// @ts-check
/** A bounded reader of XML 1.0 with namespaces, for packets of hostile origin: no document types, no entities but the
 * five of XML. Workers have no DOMParser, and a page's parser would be asked to resolve what a packet names. */

import { ReadError } from "./bytes.js";

/** The deepest schema in use stays under 20. */
const MAX_DEPTH = 64;
/** Elements and attributes; edit histories reach some ten thousand. */
const MAX_NODES = 200_000;
const MAX_NAME = 256;

const NAME = /[A-Za-z_:\u00b7-\uffff][\w.:\u00b7-\uffff-]*/y;
const ATTRIBUTE = /\s+([A-Za-z_:\u00b7-\uffff][\w.:\u00b7-\uffff-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const CLOSE = /\s*(\/?)>/y;
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(lt|gt|amp|quot|apos));|&/g;
/** @type {Record<string, string>} */
const NAMED = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const XML_URI = "http://www.w3.org/XML/1998/namespace";

/** Names are `uri local` joined by a space, bare where there is no namespace; `prefix` as the packet has it.
 * @typedef {{name: string, prefix: string, attributes: [string, string, string][], children: Node[], text: string}} Node */

/** The root element. @param {string} source @returns {Node} */
export function parse(source) {
  /** @type {Node} */
  const top = { name: "", prefix: "", attributes: [], children: [], text: "" };
  const open = [top];
  /** @type {Map<string, string>[]} */
  const scopes = [new Map([["xml", XML_URI]])];
  /** @type {string[]} */
  const tags = [];
  let at = 0, left = MAX_NODES;
  while (at < source.length) {
    const node = open[open.length - 1];
    const next = source.indexOf("<", at);
    const text = source.slice(at, next < 0 ? source.length : next);
    if (open.length > 1) {
      if (!node.children.length) node.text += references(text);
    } else if (text.trim()) throw malformed("text stands outside the root");
    if (next < 0) break;
    at = next;
    if (source.startsWith("<!--", at)) at = past(source, "-->", at + 4);
    else if (source.startsWith("<![CDATA[", at) && open.length > 1) {
      const end = past(source, "]]>", at + 9);
      if (!node.children.length) node.text += source.slice(at + 9, end - 3);
      at = end;
    } else if (source.startsWith("<?", at)) at = past(source, "?>", at + 2);
    else if (source.startsWith("<!", at)) {
      throw new ReadError("xml_dtd", "The XMP packet declares a document type or an entity.");
    } else if (source[at + 1] === "/") {
      const end = past(source, ">", at + 2);
      if (open.length < 2 || source.slice(at + 2, end - 1).trim() !== tags.pop()) throw malformed("mismatched tag");
      open.pop();
      scopes.pop();
      at = end;
    } else {
      if (open.length === 1 && top.children.length) throw malformed("there are two roots");
      if (open.length > MAX_DEPTH) throw new ReadError("limit", "The XMP packet is nested too deeply.");
      NAME.lastIndex = at + 1;
      const name = NAME.exec(source)?.[0];
      if (!name || name.length > MAX_NAME) throw malformed("a tag has no name");
      at += 1 + name.length;
      /** @type {[string, string][]} */
      const raw = [];
      for (;;) {
        ATTRIBUTE.lastIndex = at;
        const match = ATTRIBUTE.exec(source);
        if (!match) break;
        raw.push([match[1], references(match[2] ?? match[3] ?? "", true)]);
        at = ATTRIBUTE.lastIndex;
        if (raw.length > left) break;
      }
      left -= 1 + raw.length;
      if (left < 0) throw new ReadError("limit", "The XMP packet has too many elements.");
      CLOSE.lastIndex = at;
      const close = CLOSE.exec(source);
      if (!close) throw malformed("a tag is not closed");
      at = CLOSE.lastIndex;
      const outer = scopes[scopes.length - 1];
      const declared = raw.filter(([key]) => key === "xmlns" || key.startsWith("xmlns:"));
      const scope = declared.length ? new Map(outer) : outer;
      for (const [key, uri] of declared) scope.set(key === "xmlns" ? "" : key.slice(6), uri);
      const [full, prefix] = resolve(name, scope, true);
      /** @type {[string, string, string][]} */
      const attributes = raw
        .filter(([key]) => key !== "xmlns" && !key.startsWith("xmlns:"))
        .map(([key, value]) => [...resolve(key, scope, false), value]);
      const child = { name: full, prefix, attributes, children: [], text: "" };
      if (new Set(attributes.map(([key]) => key)).size < attributes.length) throw malformed("an attribute stands twice");
      node.children.push(child);
      if (!close[1]) {
        open.push(child);
        scopes.push(scope);
        tags.push(name);
      }
    }
  }
  if (open.length > 1 || !top.children.length) throw malformed("it breaks off");
  return top.children[0];
}

/** @param {string} name @param {Map<string, string>} scope @param {boolean} element @returns {[string, string]} */
function resolve(name, scope, element) {
  const colon = name.indexOf(":");
  const prefix = colon < 0 ? "" : name.slice(0, colon), local = name.slice(colon + 1);
  if (colon < 0 && !element) return [local, ""];
  const uri = scope.get(prefix) ?? (prefix ? null : "");
  if (uri === null) throw malformed("a prefix is not declared");
  return [uri ? `${uri} ${local}` : local, prefix];
}

/** @param {string} text */
function references(text, attribute = false) {
  const plain = attribute ? text.replace(/[\t\n\r]/g, " ") : text.replace(/\r\n?/g, "\n");
  if (!plain.includes("&")) return plain;
  return plain.replace(REFERENCE, (whole, decimal, hexadecimal, named) => {
    if (named) return NAMED[named];
    const code = decimal ? Number(decimal) : parseInt(hexadecimal, 16);
    if (whole === "&" || !(code <= 0x10ffff) || code === 0) throw malformed("a reference is none");
    return String.fromCodePoint(code);
  });
}

/** @param {string} source @param {string} mark @param {number} from */
function past(source, mark, from) {
  const end = source.indexOf(mark, from);
  if (end < 0) throw malformed("it breaks off");
  return end + mark.length;
}

/** @param {string} why */
const malformed = (why) => new ReadError("xml_malformed", `The XMP packet is broken XML: ${why}.`);
