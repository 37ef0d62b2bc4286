// @ts-check
/** What a picture declares of its making and of AI training. Declarations only; absence never means "not AI". */

import { COMMENTS } from "./generators.js";
import { AGENTS, DATA_MINING, SOURCE_TYPES } from "./vocabulary.js";

/** @typedef {import("./bytes.js").Property} Property */
/** @typedef {{verdict: string | null, term: string | null, stated: boolean, evidence: {value: string, carrier: string, key: string}, generator?: string}} Declaration */

const SOURCE_TYPE_NAMES = ["digitalsourcetype", "digitalsourcefiletype"];
/** IPTC 2025.1. */
const AI_FIELDS = ["aisystemused", "aisystemversionused", "aipromptinformation", "aipromptwritername"];
/** @type {Record<string, string>} */
const PLAIN = { generated: "generated", edited: "edited", captured: "captured", digitised: "human", human: "human" };
const COMPATIBLE_TERMS = ["humanEdits", "minorHumanEdits"];
const MAX_AIGC = 64 * 1024, MAX_TEXT = 64 * 1024;
const STRICTEST_FIRST = ["prohibited", "constrained", "allowed", "unspecified"];
const ABOUT_AI =
  /\b(?:AI|ML|artificial intelligence|machine learning|deep learning|data ?mining|text and data mining|TDM|training)\b/i;

/** The term that a declared value names, with what it says about AI. @param {string} raw
 * @returns {[string, string] | null} */
export function sourceType(raw) {
  if (raw.length > 2048) return null;
  const last = raw.trim().replace(/\/+$/, "").split(/[/:#]/).pop() ?? "";
  const name = last.toLowerCase().replace(/^c2pa\./, "");
  const found = [name, name.replace(/digitalsource$/, "")].find((term) => Object.hasOwn(SOURCE_TYPES, term));
  return found === undefined ? null : SOURCE_TYPES[found];
}

/** @param {Property["value"]} value */
function texts(value) {
  const all = typeof value === "string" ? [value] : Object.values(value);
  return all.filter((text) => text.trim());
}

/** @param {string} key */
const lastName = (key) => key.slice(key.lastIndexOf(":") + 1).toLowerCase();

/**
 * AI provenance as declared. Without a validated signature a capture is no label.
 * @param {Property[]} properties @param {import("./generators.js").Generation[]} generations
 */
export function judge(properties, generations) {
  const declarations = [...declared(properties)];
  for (const { generator, carrier, key, partly } of generations) {
    const evidence = { value: generator, carrier, key };
    declarations.push({ verdict: partly ? "edited" : "generated", term: null, stated: partly, evidence, generator });
  }
  const label = decide(declarations);
  const generators = new Map(
    declarations.filter((one) => one.generator).map((one) => [String(one.generator).toLowerCase(), one.generator]),
  );
  const spoken = declarations.filter((one) => one.verdict || one.term);
  return {
    label,
    generators: [...generators.values()],
    captured: label === "none" && spoken.some((one) => one.verdict === "captured"),
    evidence: spoken.map((one) => one.evidence),
  };
}

/** @param {Property[]} properties @returns {Generator<Declaration>} */
function* declared(properties) {
  for (const item of properties) {
    const name = lastName(item.key);
    const nested = item.key.includes("/");
    for (const text of texts(item.value)) {
      const evidence = { value: text.slice(0, 500), carrier: item.carrier, key: item.key };
      if (SOURCE_TYPE_NAMES.includes(name) && !nested) {
        const [term, kind] = sourceType(text) ?? [null, ""];
        yield { verdict: PLAIN[kind] ?? null, term, stated: true, evidence };
      } else if (AI_FIELDS.includes(name) && !nested) {
        const generator = name === "aisystemused" ? agent(text) : undefined;
        yield { verdict: "generated", term: null, stated: false, evidence, generator };
      } else if ((name === "aigc" || COMMENTS.includes(item.key)) && aigc(text) === "1") {
        yield { verdict: "generated", term: null, stated: false, evidence };
      }
    }
  }
}

/** @param {string} name */
function agent(name) {
  return AGENTS.find(([pattern]) => pattern.test(name.trim()))?.[1] ?? name;
}

/** What a GB 45438-2025 label says; null when the text is no such label. @param {string} text */
function aigc(text) {
  if (text.length > MAX_AIGC || !text.trimStart().startsWith("{")) return null;
  try {
    let label = JSON.parse(text.replace(/^[\0 \t\r\n]+|[\0 \t\r\n]+$/g, ""));
    if (typeof label.AIGC === "object" && label.AIGC) label = label.AIGC;
    const known = ["ContentProducer", "ProduceID", "ContentPropagator"].some((name) => Object.hasOwn(label, name));
    return known ? String(label.Label).trim() : null;
  } catch {
    return null;
  }
}

/** @param {Declaration[]} declarations */
function decide(declarations) {
  const verdicts = new Set(declarations.map((one) => one.verdict));
  if (verdicts.has("generated") || verdicts.has("edited")) {
    const stated = new Set(declarations.filter((one) => one.stated).map((one) => one.verdict));
    const partly = stated.has("edited") && !stated.has("generated");
    const opposed = declarations.some(
      (one) => (one.verdict === "captured" || one.verdict === "human") && !COMPATIBLE_TERMS.includes(one.term ?? ""),
    );
    if (!partly && opposed) return "conflicting";
    return partly ? "ai-edited" : "ai-generated";
  }
  return verdicts.has("human") ? "human-made" : "none";
}

/** The strictest statement on AI training and the carrier of the first; silence is `unspecified`, never consent.
 * @param {Property[]} properties */
export function consent(properties) {
  /** @type {string[]} */
  const said = [];
  let source = "";
  for (const { carrier, key, value } of properties) {
    for (const text of texts(value)) {
      if (key.toLowerCase() === "plus:datamining") {
        const code = (text.trim().replace(/\/+$/, "").slice(-256).split(/[/:#]/).pop() ?? "").toUpperCase();
        // An unknown code is taken for a prohibition, nothing for nothing.
        source ||= carrier;
        said.push(!code ? "unspecified" : Object.hasOwn(DATA_MINING, code) ? DATA_MINING[code] : "prohibited");
      } else if (key.toLowerCase() === "plus:otherconstraints") {
        source ||= carrier;
        said.push(ABOUT_AI.test(text.slice(0, MAX_TEXT)) ? "constrained" : "unspecified");
      }
    }
  }
  return { statement: STRICTEST_FIRST.find((one) => said.includes(one)) ?? "unspecified", source };
}
