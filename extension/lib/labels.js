// @ts-check
/** One label per picture, from the cheapest source that knows it: the desktop program, by the reference that its proxy
 * put into the answer's header or by address; else the file itself, read here and never verified. */

import * as api from "./api.js";
import { readBlob, readUrl } from "./fetch.js";
import { granted, hostOf } from "./sites.js";
import { recall, remember } from "./store.js";

/**
 * All but `removed` and `was` is what the copy itself holds; `was` is what the known original says of what was removed.
 * `via`: who says so. `reason`: why nothing is said. `complete`: whether all was seen that can say something.
 * @typedef {{url: string, via: "program" | "file" | "none", reason?: string, known: boolean, work: string | null,
 *   ai: string, generators: string[], models: string[], captured: boolean, creator: string[], credit_line: string,
 *   copyright_notice: string, license_url: string, consent: string, c2pa: string, signer: string, removed: string[],
 *   was: Partial<Record<string, string>>, restored: boolean, sources: Partial<Record<string, string>>, complete: boolean}} Label
 */

/** Longer texts are no credit line; the dashboard has them whole. */
const MAX_TEXT = 2_000;
const MAX_LIST = 50;
/** Longer addresses are data; they are read, not remembered. */
const MAX_KEY = 1_024;
/** @type {Record<string, string>} */
const RESTS_ON = { digital_source_type: "ai", data_mining: "consent" };
const AI = ["ai-generated", "ai-edited", "camera-captured", "human-made", "none", "conflicting"];
const CONSENT = ["allowed", "prohibited", "constrained", "unspecified"];
const C2PA = ["trusted", "valid", "invalid", "remote", "unreadable", "none", "not_examined"];

/** @param {string} url @returns {Label} */
export function nothing(url, reason = "") {
  return {
    url, via: "none", ...(reason ? { reason } : {}), known: false, work: null, ai: "none", generators: [], models: [],
    captured: false, creator: [], credit_line: "", copyright_notice: "", license_url: "", consent: "unspecified",
    c2pa: "not_examined", signer: "", removed: [], was: {}, restored: false, sources: {}, complete: false,
  };
}

/**
 * Labels in the order asked. `whole` reads the whole file, which a page that is merely looked at does not cost.
 * @param {string[]} urls @param {{page: string, whole?: boolean}} options @returns {Promise<Label[]>}
 */
export async function labelsOf(urls, { page, whole = false }) {
  const wanted = [...new Set(urls.map(withoutFragment))];
  const short = wanted.filter((url) => url.length <= MAX_KEY);
  /** @type {Map<string, Label>} */
  const known = whole ? new Map() : await recall("label ", short);
  const asked = wanted.filter((url) => !known.has(url));
  const fresh = await fromProgram(asked, page);
  const rest = asked.filter((url) => !fresh.has(url));
  await Promise.all(rest.map(async (url) => fresh.set(url, await fromFile(url, page, whole))));
  // What could not be had now may be had later.
  const kept = new Map([...fresh].filter(([url, label]) => url.length <= MAX_KEY && label.via === "file"));
  await remember("label ", kept);
  return urls.map((url) => known.get(withoutFragment(url)) ?? fresh.get(withoutFragment(url)) ?? nothing(url));
}

/** The label of bytes that only the page's own address holds. @param {string} url @param {Blob} blob */
export async function labelOfBlob(url, blob) {
  return fromReading(url, await readBlob(blob));
}

/** @param {string[]} urls @param {string} page @returns {Promise<Map<string, Label>>} */
async function fromProgram(urls, page) {
  /** @type {Map<string, Label>} */
  const found = new Map();
  const web = urls.filter((url) => /^https?:/.test(url) && url.length <= 8_192);
  const refs = await recall("ref ", web);
  for (let at = 0; at < web.length; at += api.BATCH) {
    const pictures = web.slice(at, at + api.BATCH).map((url) => (refs.has(url) ? { url, ref: refs.get(url) } : { url }));
    try {
      for (const said of await api.labels(page, pictures)) {
        if (said?.known && typeof said.url === "string" && web.includes(said.url)) {
          found.set(said.url, fromAnswer(said.url, said));
        }
      }
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      break;
    }
  }
  return found;
}

/** @param {string} url @param {string} page @param {boolean} whole */
async function fromFile(url, page, whole) {
  const host = hostOf(url);
  if (!url.startsWith("data:") && (host === null || !(await granted(host)))) return nothing(url, "no_access");
  return fromReading(url, await readUrl(url, { page, whole }));
}

/** @param {string} url @param {Awaited<ReturnType<typeof readUrl>>} reading @returns {Label} */
function fromReading(url, reading) {
  if ("reason" in reading) return nothing(url, reading.reason);
  if (!reading.examined) return nothing(url, "not_supported");
  const { fields, ai } = reading;
  return {
    ...nothing(url),
    via: "file",
    ai: ai.label,
    generators: texts(ai.generators),
    captured: ai.captured,
    creator: texts(fields.creator),
    credit_line: text(fields.credit_line),
    copyright_notice: text(fields.copyright_notice),
    license_url: text(fields.license_url) || text(fields.web_statement),
    consent: reading.consent,
    c2pa: reading.c2pa,
    sources: reading.sources,
    complete: reading.complete,
  };
}

/** What the program says, nothing taken on trust but the words. @param {string} url @param {any} said
 * @returns {Label} */
function fromAnswer(url, said) {
  const training = typeof said.consent === "object" ? said.consent?.ai_training : said.consent;
  return {
    ...nothing(url),
    via: "program",
    known: true,
    work: typeof said.work === "string" ? said.work : null,
    ai: one(AI, said.ai?.label, "none"),
    generators: texts(said.ai?.generators),
    models: texts(said.ai?.models),
    creator: texts(said.creator),
    credit_line: spoken(said.credit_line),
    copyright_notice: spoken(said.copyright_notice),
    license_url: spoken(said.license_url),
    consent: one(CONSENT, training, "unspecified"),
    c2pa: one(C2PA, said.c2pa?.state, "not_examined"),
    signer: text(said.c2pa?.signer),
    removed: once(texts(said.removed)),
    was: wasOf(said.original),
    restored: said.restored === true,
    complete: true,
  };
}

/** A lost label or consent is said once, not once more by the field that it rested on. @param {string[]} removed */
const once = (removed) => removed.filter((name) => !Object.hasOwn(RESTS_ON, name) || !removed.includes(RESTS_ON[name]));

/** What an original said, by the names of what can be removed. @param {any} original */
function wasOf(original) {
  /** @type {Partial<Record<string, string>>} */
  const was = {};
  for (const name of ["creator", "credit_line", "copyright_notice", "license_url"]) {
    const said = original?.[name];
    const value = Array.isArray(said) ? texts(said).join(", ") : spoken(said);
    if (value) was[name] = value;
  }
  const ai = one(AI, original?.ai?.label, "none");
  if (ai !== "none") was.ai = ai;
  return was;
}

/** @param {string[]} allowed @param {unknown} value @param {string} otherwise */
const one = (allowed, value, otherwise) => (allowed.includes(String(value)) ? String(value) : otherwise);

/** @param {unknown} value */
const text = (value) => (typeof value === "string" ? value.slice(0, MAX_TEXT) : "");

/** One text of several languages: the default one, else the first. @param {any} value */
const spoken = (value) => text(value && typeof value === "object" ? (value["x-default"] ?? Object.values(value)[0]) : value);

/** @param {unknown} value @returns {string[]} */
function texts(value) {
  const list = Array.isArray(value) ? value : typeof value === "string" ? [value] : [];
  return list.slice(0, MAX_LIST).map(text).filter(Boolean);
}

/** @param {string} url */
const withoutFragment = (url) => (url.startsWith("data:") ? url : url.split("#", 1)[0]);
