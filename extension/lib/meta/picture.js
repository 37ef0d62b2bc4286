// @ts-check
/** Bytes of a picture, or its head → what it says. Nothing is thrown: what cannot be read is a state. */

import * as avif from "./avif.js";
import { ReadError, text, trimEnd } from "./bytes.js";
import { readExif } from "./exif.js";
import { resolve } from "./fields.js";
import { detect } from "./generators.js";
import * as gif from "./gif.js";
import { readIim, readPhotoshop } from "./iim.js";
import * as jpeg from "./jpeg.js";
import { consent, judge } from "./judge.js";
import * as png from "./png.js";
import * as webp from "./webp.js";
import { readXmp } from "./xmp.js";

/** @typedef {import("./bytes.js").Property} Property */
/**
 * `c2pa`: `present` says that a record is there; it is never verified here. `examined`: whether the format is read
 * here, and `complete` whether all of it that can say something was seen.
 * @typedef {{format: string, examined: boolean, complete: boolean, ai: ReturnType<typeof judge>, consent: string,
 *   c2pa: "present" | "remote" | "none" | "not_examined", fields: import("./fields.js").Fields,
 *   sources: Partial<Record<string, string>>, problems: string[]}} Reading
 */

/** Asked in this order. */
const FORMATS = [jpeg, png, webp, avif, gif];
/** Of bytes that are enough to tell the format. */
export const SNIFFED = 256;

/** Whether this is a format that is read here. @param {Uint8Array} data */
export const known = (data) => FORMATS.some((format) => format.recognises(data));

/**
 * How many bytes are wanted before reading is worth it; 0 when `data` is enough.
 * @param {Uint8Array} data @param {{head?: boolean}} [options]
 */
export async function wants(data, options) {
  if (data.length < SNIFFED) return SNIFFED;
  const format = FORMATS.find((one) => one.recognises(data));
  if (!format) return 0;
  const found = await format.find(data, options);
  if (found.complete) return 0;
  return Math.max("wants" in found ? Number(found.wants) : 0, data.length * 2);
}

/** @param {Uint8Array} data @param {{head?: boolean}} [options] @returns {Promise<Reading>} */
export async function read(data, options) {
  const format = FORMATS.find((one) => one.recognises(data));
  const found = format
    ? await format.find(data, options)
    : { format: "unknown", blocks: [], complete: false };
  /** @type {Property[]} */
  const properties = [];
  const problems = found.blocks.flatMap((block) => (block.problem ? [block.problem] : []));
  for (const block of found.blocks) {
    if (block.problem) continue;
    try {
      properties.push(...readBlock(block));
    } catch (error) {
      // A hostile block must cost itself only, whatever it breaks.
      problems.push(error instanceof ReadError ? error.code : "unreadable");
    }
  }
  const generations = detect(properties);
  const { fields, sources } = resolve(properties, generations, found.blocks);
  const ai = judge(properties, generations), training = consent(properties);
  return {
    format: found.format,
    examined: format !== undefined,
    complete: found.complete,
    ai,
    consent: training.statement,
    c2pa: credentials(found, properties),
    fields,
    sources: { ...sources, ai: ai.evidence[0]?.carrier, consent: training.source || undefined },
    problems,
  };
}

/** @param {import("./bytes.js").Block} block @returns {Property[]} */
function readBlock({ carrier, payload }) {
  if (carrier === "exif") return readExif(payload);
  if (carrier === "xmp" || carrier === "xmp_extended") return readXmp(payload, carrier);
  if (carrier === "iptc") return readIim(payload);
  if (carrier === "photoshop") return readPhotoshop(payload);
  if (carrier === "png_text") return png.readText(payload);
  if (carrier === "comment") return [{ carrier, key: "comment", value: text(trimEnd(payload)) }];
  return [];
}

/** @param {import("./bytes.js").Found} found @param {Property[]} properties @returns {Reading["c2pa"]} */
function credentials(found, properties) {
  if (found.blocks.some((block) => block.carrier === "c2pa")) return "present";
  const pointer = properties.find((one) => one.key === "dcterms:provenance")?.value;
  if (typeof pointer === "string" && /^https?:\/\//i.test(pointer)) return "remote";
  return found.complete ? "none" : "not_examined";
}
