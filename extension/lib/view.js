// @ts-check
/** A label in words: the badge (L1) and the panel's lines (L2), each with its source. One sentence each, no judgement. */

import { dashboard } from "./api.js";
import { words } from "./words.js";

/** @typedef {import("./labels.js").Label} Label */
/**
 * `badge`: the word on the picture, `i` for credit only, empty for none. `href` is http(s) or absent.
 * @typedef {{term: string, value: string, note: string, href?: string}} Line
 * @typedef {{url: string, kind: string, badge: string, name: string, title: string, state: string, lines: Line[],
 *   removed: number, credit: string, consent: string, again: boolean, more: string | null, language: string, close: string,
 *   details: string}} View
 */

const LABELLED = ["ai-generated", "ai-edited", "camera-captured", "conflicting"];

/** @param {Label} label @returns {Promise<View>} */
export async function viewOf(label) {
  const { language, say } = await words();
  const invalid = label.c2pa === "invalid";
  const labelled = LABELLED.includes(label.ai);
  const title = invalid ? say("credentials_mismatch") : say(key("label", label.ai));
  const lines = linesOf(label, say);
  const credit = label.creator.join(", ") || label.credit_line || label.copyright_notice;
  const something = Boolean(
    credit || label.license_url || label.removed.length || label.consent !== "unspecified" ||
      ["present", "trusted", "valid", "remote", "unreadable"].includes(label.c2pa) || label.ai === "human-made" || label.captured,
  );
  const badge = invalid || labelled ? title : something ? "i" : "";
  return {
    url: label.url.slice(0, 2_048),
    kind: invalid ? "invalid" : labelled ? label.ai : something ? "credit" : "none",
    badge,
    name: say("badge_name", badge === "i" ? say("badge_credit") : title),
    title,
    state: stateOf(label, say),
    lines,
    removed: label.removed.length,
    credit,
    consent: label.consent,
    again: label.via === "none" && label.reason === "unreachable",
    more: label.known ? await dashboard(label.work ?? undefined) : null,
    language,
    close: say("close"),
    details: say("all_details"),
  };
}

/** @param {string} group @param {string} value */
const key = (group, value) => `${group}_${value.replaceAll("-", "_")}`;

/** @param {Label} label @param {import("./words.js").Say} say @returns {Line[]} */
function linesOf(label, say) {
  /** @type {Line[]} */
  const lines = [];
  const source = (/** @type {string} */ field) => {
    if (label.via === "program") return say("source_program");
    const carrier = label.sources[field];
    return carrier ? say("declared_in", carrierName(carrier, say)) : say("source_file");
  };
  const add = (/** @type {string} */ term, /** @type {string} */ value, note = "", href = "") => {
    if (value) lines.push({ term: say(term), value, note, ...(link(href) ? { href: link(href) } : {}) });
  };
  if (label.ai !== "none") {
    add("term_origin", say(key("sentence", label.ai)), label.restored ? say("label_restored") : source("ai"));
    add("term_models", [...label.generators, ...label.models].join(", "));
  } else if (label.captured) add("term_origin", say("says_captured"), source("ai"));
  add("term_creator", label.creator.join(", "), source("creator"));
  add("term_credit", label.credit_line, source("credit_line"));
  add("term_copyright", label.copyright_notice, source("copyright_notice"));
  add("term_license", label.license_url, source("license_url"), label.license_url);
  if (label.consent !== "unspecified") add("term_consent", say(key("consent", label.consent)), source("consent"));
  const signed = label.c2pa === "trusted" || label.c2pa === "valid";
  if (!["none", "not_examined"].includes(label.c2pa)) {
    add("term_credentials", say(key("c2pa", label.c2pa), label.signer || "?"), signed ? say("source_program") : "");
  }
  if (label.removed.length) {
    add("term_removed", say("removed_count", label.removed.length), label.removed.map((one) => removedName(one, label, say)).join("\n"));
  }
  return lines;
}

/** Who says so, or why nothing is said. @param {Label} label @param {import("./words.js").Say} say */
function stateOf(label, say) {
  if (label.via === "program") return say("via_program");
  if (label.via === "none") return say(label.reason ? `reason_${label.reason}` : "reason_unreachable");
  return say(label.complete ? "via_file" : "via_head");
}

/** @param {string} carrier @param {import("./words.js").Say} say */
function carrierName(carrier, say) {
  /** @type {Record<string, string>} */
  const names = { exif: "EXIF", xmp: "XMP", xmp_extended: "XMP", iptc: "IPTC", photoshop: "Photoshop", png_text: "PNG" };
  return Object.hasOwn(names, carrier) ? names[carrier] : say("source_file");
}

/** What was removed, with what it said where the original is known. @param {string} field @param {Label} label
 * @param {import("./words.js").Say} say */
function removedName(field, label, say) {
  const was = label.was[field];
  if (!was) return fieldName(field, say);
  return `${fieldName(field, say)}: ${field === "ai" ? say(key("label", was)) : was}`;
}

/** @param {string} field @param {import("./words.js").Say} say */
function fieldName(field, say) {
  const id = `field_${field.replace(/[^a-z_]/g, "_")}`;
  const said = say(id);
  return said === id ? field.replaceAll("_", " ") : said;
}

/** An address that may be a link: http or https, nothing that runs. @param {string} text */
export function link(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : "";
  } catch {
    return "";
  }
}
