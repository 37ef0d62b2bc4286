// @ts-check
/** Which image generators left a record of their own among a picture's statements. A record says that a model ran;
 * what it says of prompt and model is the desktop program's business. */

import { AIGC_PRODUCERS, CREDIT_MARKS } from "./vocabulary.js";

/** @typedef {import("./bytes.js").Property} Property */
/** @typedef {{generator: string, carrier: string, key: string, partly: boolean, program: string}} Generation */
/** @typedef {{name: string, keys: Set<string> | null, read: (text: string, item: Property, all: Property[]) => string | null}} Reader */

/** Workflows with embedded previews go beyond, settings never do. */
const MAX_TEXT = 1 << 20;
const MAX_LABEL = 64 * 1024;
export const COMMENTS = ["ExifIFD:UserComment", "IFD0:UserComment", "exif:UserComment"];
const PLACES = [...COMMENTS, "parameters", "comment"];
const SETTING = /\s*[A-Za-z0-9][A-Za-z0-9 _/().-]{0,63}?\s*:\s*/y;
const NOVELAI = ["v4_prompt", "uncond_scale", "noise_schedule", "signed_hash"];
const JOB = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** @type {[RegExp, string][]} */
const FORKS = [
  [/^neo\b/i, "Forge Neo"], [/^classic\b/i, "Forge Classic"], [/^f\d+\.\d+\.\d+v2-/, "reForge"],
  [/^f[\w.]*-v/, "reForge"], [/^f\d/, "Forge"], [/^ComfyUI/i, "ComfyUI"], [/^Fooocus/i, "Fooocus"],
];

/** A statement's text, a language alternative's first; empty for lists. @param {Property} item */
export function textOf({ value }) {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return "";
  return value["x-default"] ?? Object.values(value)[0] ?? "";
}

/** @param {string} text @returns {any} */
function json(text) {
  if (text.length > MAX_TEXT) return null;
  const bare = text.replace(/^[\0 \t\r\n]+|[\0 \t\r\n]+$/g, "");
  try {
    return JSON.parse(bare);
  } catch {
    try {
      // Python writes NaN and Infinity, which JSON has not.
      return JSON.parse(bare.replace(/"(?:\\.|[^"\\])*"|-?\bInfinity\b|\bNaN\b/g, (m) => (m[0] === '"' ? m : "null")));
    } catch {
      return null;
    }
  }
}

/** @param {unknown} value @returns {value is Record<string, any>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The JSON object in a text that has one of these members; else null. @param {string} text
 * @param {...string} names @returns {Record<string, any> | null} */
function object(text, ...names) {
  if (!names.some((name) => text.includes(`"${name}"`)) || !/^[\0 \t\r\n]*\{/.test(text)) return null;
  const value = json(text);
  return isObject(value) && names.some((name) => Object.hasOwn(value, name)) ? value : null;
}

/** @param {Property[]} all @param {Property} item @param {string} key */
function beside(all, item, key) {
  const other = all.find((one) => one.carrier === item.carrier && one.key === key);
  return other ? textOf(other) : "";
}

/** @param {any} value */
function hasNodes(value) {
  return isObject(value) && Object.values(value).some((node) => isObject(node) && typeof node.class_type === "string");
}

/** @param {any} value */
function isWorkflow(value) {
  return (
    isObject(value) && Array.isArray(value.nodes) && Array.isArray(value.links) &&
    value.nodes.some((/** @type {any} */ node) => isObject(node) && "type" in node)
  );
}

/** @param {string} text */
function comfy(text) {
  const label = /^\s{0,8}(?:prompt|workflow)\s{0,8}:\s{0,8}(?=[{[])/i.exec(text);
  const body = (label ? text.slice(label[0].length) : text).replace(/^[\0 \t\r\n]+/, "");
  if (!body.startsWith("{")) return null;
  if (body.length > MAX_TEXT) {
    const head = body.slice(0, MAX_TEXT);
    const graph = head.includes('"class_type"') || (head.includes('"nodes"') && body.includes('"links"'));
    return graph ? "ComfyUI" : null;
  }
  const value = json(body);
  if (!isObject(value)) return null;
  const prompt = typeof value.prompt === "string" ? json(value.prompt) : value.prompt;
  const workflow = typeof value.workflow === "string" ? json(value.workflow) : value.workflow;
  return hasNodes(prompt) || hasNodes(value) || isWorkflow(workflow) || isWorkflow(value) ? "ComfyUI" : null;
}

/** @param {string} text */
function civitai(text) {
  const graph = object(text, "extra", "extraMetadata");
  if (!graph) return null;
  const airs = isObject(graph.extra) ? graph.extra.airs : null;
  const marked = Array.isArray(airs) && airs.some((air) => typeof air === "string" && air.startsWith("urn:air:"));
  return marked || typeof graph.extraMetadata === "string" ? "Civitai" : null;
}

/** @param {string} text @param {Property} item */
function novelai(text, item) {
  if (item.key === "Software" || item.key === "IFD0:Software") return text.startsWith("NovelAI") ? "NovelAI" : null;
  const wrapper = object(text, "Comment", ...NOVELAI, "uc");
  if (!wrapper) return null;
  const inner = wrapper.Comment;
  const request = typeof inner === "string" ? json(inner) : wrapper;
  if (typeof inner === "string" && String(wrapper.Software ?? "").startsWith("NovelAI")) return "NovelAI";
  if (!isObject(request)) return null;
  const early = ["uc", "scale", "sampler", "seed"].every((name) => name in request) && !("c" in request);
  return NOVELAI.some((mark) => mark in request) || early ? "NovelAI" : null;
}

/** `Key: value` pairs of a line of settings. @param {string} line */
function pairs(line) {
  /** @type {Map<string, string>} */
  const found = new Map();
  let at = 0;
  while (at < line.length && found.size < 500) {
    SETTING.lastIndex = at;
    const match = SETTING.exec(line);
    if (!match) break;
    const start = SETTING.lastIndex;
    let end = start;
    if (line[start] === '"') end += /^"(?:\\.|[^"\\])*"/.exec(line.slice(start))?.[0].length ?? 0;
    else if (line[start] === "[" || line[start] === "{") end = bracket(line, start);
    do {
      end = line.indexOf(",", end);
      if (end < 0) end = line.length;
      SETTING.lastIndex = end + 1;
    } while (end < line.length && !SETTING.test(line) && ++end);
    found.set(match[0].trim().slice(0, -1).trim(), line.slice(start, end).trim());
    at = end + 1;
  }
  return found;
}

/** @param {string} line @param {number} start */
function bracket(line, start) {
  let depth = 0, quoted = false;
  for (let at = start; at < line.length; at++) {
    if (quoted) {
      if (line[at] === "\\") at++;
      else if (line[at] === '"') quoted = false;
    } else if (line[at] === '"') quoted = true;
    else if ("[{".includes(line[at])) depth++;
    else if ("]}".includes(line[at]) && --depth === 0) return at + 1;
  }
  return start;
}

/** @param {string} text @param {Property} item @param {Property[]} all */
function parameters(text, item, all) {
  if (!/(?:^|\n|, )Steps: ?\d/.test(text.slice(-MAX_TEXT)) || text.trimStart().startsWith("{")) return null;
  if (text.length > MAX_TEXT) return "AUTOMATIC1111";
  if (all.some((other) => other.key === "fooocus_scheme")) return "Fooocus";
  const lines = text.split(/\r?\n/).slice(-40).reverse();
  const settings = lines.map(pairs).find((found) => found.size >= 3 && found.has("Steps")) ?? new Map();
  const app = settings.get("App") ?? "";
  if (app) return app.toLowerCase().replaceAll(".", "") === "sdnext" ? "SD.Next" : app;
  if (settings.has("Civitai resources")) return "Civitai";
  const version = settings.get("Version") ?? "";
  return FORKS.find(([pattern]) => pattern.test(version))?.[1] ?? "AUTOMATIC1111";
}

/** China's GB 45438-2025. @param {string} text @param {Property} item */
function tc260(text, item) {
  const named = item.key.slice(item.key.lastIndexOf(":") + 1).toLowerCase() === "aigc";
  if ((!named && !COMMENTS.includes(item.key)) || text.length > MAX_LABEL) return null;
  const record = object(text, "AIGC", "ContentProducer");
  const label = isObject(record?.AIGC) && Object.keys(record.AIGC).length ? record.AIGC : record;
  if (!label || String(label.Label ?? "") !== "1") return null;
  const producer = String(label.ContentProducer ?? "").trim();
  const code = /^0011([0-9A-Z]{18})\d{5}$/.exec(producer);
  return (code ? AIGC_PRODUCERS[code[1]] ?? producer : producer.slice(0, 200)) || null;
}

/** @param {string} text */
function fooocus(text) {
  const record = object(text, "metadata_scheme", "software", "version");
  if (!record) return null;
  if (record.software === "RuinedFooocus") return "RuinedFooocus";
  const own = record.metadata_scheme === "fooocus" || String(record.version ?? "").startsWith("Fooocus");
  return own ? "Fooocus" : null;
}

/** @param {string} text @param {Property} item */
function drawThings(text, item) {
  if (item.key === "xmp:CreatorTool") return text.trim() === "Draw Things" ? "Draw Things" : null;
  const record = object(text, "uc");
  return record && ["c", "uc", "sampler", "seed"].every((name) => name in record) ? "Draw Things" : null;
}

/** @param {string} text */
function huggingFace(text) {
  const record = object(text, "Model");
  const size = record?.resolution;
  const known = record && "prompt" in record && typeof size === "string" && /^\d{1,6} ?x ?\d{1,6}$/.test(size);
  return known ? "Hugging Face Space" : null;
}

/** @param {string} text @param {Property} item @param {Property[]} all */
function grok(text, item, all) {
  const signed = /^Signature: [A-Za-z0-9+/]{160,1400}={0,2}$/.test(text.replace(/^[\0 \t\r\n]+|[\0 \t\r\n]+$/g, ""));
  return signed && isJob(beside(all, item, "IFD0:Artist")) ? "xAI Grok" : null;
}

/** Whether an Artist is a random number (UUID version 4) and no name. @param {string} artist */
const isJob = (artist) => JOB.test(artist.replace(/^[\0 ]+|[\0 ]+$/g, ""));

/** @param {string} text @param {Property} item */
function invokeai(text, item) {
  if (item.key !== "Dream") return "InvokeAI";
  return /(?<!\S)-[A-Za-z]{1,2}[ \t]{1,8}\S{1,200}/.test(text.slice(0, MAX_TEXT)) ? "InvokeAI" : null;
}

/** @param {string} text */
function midjourney(text) {
  const job = /\s{1,8}Job ID: [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\s*$/;
  return text.length <= 16_000 && job.test(text) ? "Midjourney" : null;
}

/** @param {string} text @param {Property} item */
function easyDiffusion(text, item) {
  const mark = "use_stable_diffusion_model";
  return item.key === mark || (COMMENTS.includes(item.key) && object(text, mark)) ? "Easy Diffusion" : null;
}

/** @param {string} name @param {string[] | null} keys @param {Reader["read"]} read @returns {Reader} */
const reader = (name, keys, read) => ({ name, keys: keys && new Set(keys), read });

/** Asked in this order. @type {Reader[]} */
const READERS = [
  reader("tc260", null, tc260),
  reader("invokeai", ["invokeai_graph", "invokeai_workflow", "invokeai_metadata", "sd-metadata", "Dream"], invokeai),
  reader("tensorart", ["generation_data"], (text) => (object(text, "baseModel", "negativePrompt") ? "TensorArt" : null)),
  reader("stabilitymatrix", ["parameters-json", "smproj"], (text) => (text.trimStart().startsWith("{") ? "Stability Matrix" : null)),
  reader("civitai", [...COMMENTS, "prompt"], civitai),
  reader("comfyui", [...COMMENTS, "IFD0:Make", "IFD0:Model", "IFD0:ImageDescription", "prompt", "workflow", "comment"], comfy),
  reader("swarmui", PLACES, (text) => (object(text, "sui_image_params") ? "SwarmUI" : null)),
  reader("novelai", [...COMMENTS, "Comment", "Software", "IFD0:Software"], novelai),
  reader("fooocus", PLACES, fooocus),
  reader("huggingface", PLACES, huggingFace),
  reader("drawthings", [...COMMENTS, "xmp:CreatorTool"], drawThings),
  reader("easydiffusion", [...COMMENTS, "use_stable_diffusion_model"], easyDiffusion),
  reader("a1111", PLACES, parameters),
  reader("midjourney", ["Description", "dc:description", "IFD0:ImageDescription", "2:120"], midjourney),
  reader("grok", [...COMMENTS, "IFD0:ImageDescription"], grok),
  reader("credit_mark", ["photoshop:Credit", "2:110"], (text) => creditMark(text)?.[0] ?? null),
];

/** @param {string} line */
const creditMark = (line) => {
  const key = line.replace(/^[ \t\r\n\0]+|[ \t\r\n\0]+$/g, "").toLowerCase();
  return Object.hasOwn(CREDIT_MARKS, key) ? CREDIT_MARKS[key] : null;
};

/** One per generator and carrier. A graph beside the record of a service that ran it is the service's.
 * @param {Property[]} all @returns {Generation[]} */
export function detect(all) {
  /** @type {Map<string, Generation>} */
  const found = new Map();
  for (const item of all) {
    const text = textOf(item);
    if (!text) continue;
    for (const { name, keys, read } of READERS) {
      if (keys && !keys.has(item.key)) continue;
      const generator = read(text, item, all);
      if (!generator) continue;
      // "Edited with …" says how much of the picture; a record of settings only says what ran.
      const partly = name === "credit_mark" && creditMark(text)?.[1] === "edited";
      const place = `${generator}\n${item.carrier}`;
      if (!found.has(place)) found.set(place, { generator, carrier: item.carrier, key: item.key, partly, program: name });
      break;
    }
  }
  for (const host of ["TensorArt", "Civitai", "Stability Matrix"]) {
    for (const { generator, carrier } of [...found.values()]) {
      if (generator === host) found.delete(`ComfyUI\n${carrier}`);
    }
  }
  return [...found.values()];
}

/** Whether a creator is no name, but what the generator of a record in the same carrier writes there.
 * @param {Property} item @param {Generation[]} generations */
export function isPlaceholder(item, generations) {
  if (item.key !== "IFD0:Artist") return false;
  const wrote = generations.filter((one) => one.carrier === item.carrier).map((one) => one.generator);
  const artist = textOf(item).replace(/^[\0 ]+|[\0 ]+$/g, "");
  return (wrote.includes("Civitai") && artist === "ai") || (wrote.includes("xAI Grok") && isJob(artist));
}
