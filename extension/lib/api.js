// @ts-check
/** The desktop program's API (contract §6). Only background and extension pages can reach loopback; pages cannot. */

import { settings } from "./store.js";

/** A page waits for its labels; on loopback an answer takes milliseconds. */
const LABELS_TIMEOUT = 4_000;
const HEALTH_TIMEOUT = 2_000;
/** After a failure nothing is asked for this long, so that a stopped program slows no page. */
const PAUSE = 15_000;
/** Pictures in one question. */
export const BATCH = 100;
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** Which pairing did not answer, and until when it is not asked. */
let silent = { pairing: "", until: 0 };

/** `not_paired`, `unreachable` (not running), `refused` (the token is not known) or `error`. */
export class ApiError extends Error {
  /** @param {"not_paired" | "unreachable" | "refused" | "error"} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** The address if it is one of this machine, without a path; else null. @param {string} text */
export function loopback(text) {
  try {
    const url = new URL(text.trim());
    return url.protocol === "http:" && LOOPBACK.includes(url.hostname) ? url.origin : null;
  } catch {
    return null;
  }
}

/** @param {string} path @param {RequestInit & {timeout?: number}} [options] */
async function ask(path, { timeout, headers, ...options } = {}) {
  const { backend } = await settings();
  if (!backend) throw new ApiError("not_paired");
  const pairing = `${backend.url} ${backend.token}`;
  if (silent.pairing === pairing && Date.now() < silent.until) throw new ApiError("unreachable");
  let answer;
  try {
    answer = await fetch(backend.url + path, {
      ...options,
      headers: { Authorization: `Bearer ${backend.token}`, ...headers },
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      ...(timeout ? { signal: AbortSignal.timeout(timeout) } : {}),
    });
  } catch {
    silent = { pairing, until: Date.now() + PAUSE };
    throw new ApiError("unreachable");
  }
  if (answer.status === 401 || answer.status === 403) throw new ApiError("refused");
  if (!answer.ok) throw new ApiError("error");
  return answer;
}

/** Whether the paired program answers and knows the token. @returns {Promise<"paired" | ApiError["code"]>} */
export async function state() {
  silent = { pairing: "", until: 0 };
  try {
    await ask("/api/v1/sites?limit=1", { timeout: HEALTH_TIMEOUT });
    return "paired";
  } catch (error) {
    return error instanceof ApiError ? error.code : "error";
  }
}

/** What is known of these pictures, by address. @param {string} page
 * @param {{url: string, ref?: string}[]} pictures @returns {Promise<any[]>} */
export async function labels(page, pictures) {
  const body = JSON.stringify({ page, pictures });
  const headers = { "Content-Type": "application/json" };
  const answer = await ask("/api/v1/labels", { method: "POST", body, headers, timeout: LABELS_TIMEOUT });
  const said = await answer.json().catch(() => null);
  return Array.isArray(said?.labels) ? said.labels : [];
}

/** Hands over a picked file as it is, streamed. @param {Blob} file
 * @param {{page: string, name: string, gesture: string, trusted: boolean}} how @returns {Promise<any>} */
export async function original(file, { page, name, gesture, trusted }) {
  const answer = await ask("/api/v1/originals", {
    method: "POST",
    body: file,
    headers: {
      "Content-Type": "application/octet-stream",
      "X-Creditline-Page": headerText(page),
      "X-Creditline-Filename": `UTF-8''${encodeURIComponent(name.slice(0, 255).toWellFormed())}`,
      "X-Creditline-Gesture": gesture,
      "X-Creditline-Trusted": trusted ? "1" : "0",
    },
  });
  return answer.json().catch(() => ({}));
}

/** Hands over what a page looks like, to be kept as evidence; the program sets the time. @param {Blob} png
 * @param {string} page */
export async function screenshot(png, page) {
  await ask("/api/v1/screenshots", {
    method: "POST",
    body: png,
    headers: { "Content-Type": "image/png", "X-Creditline-Page": headerText(page) },
  });
}

/** The dashboard's address, of one work where there is one. @param {string} [work] */
export async function dashboard(work) {
  const { backend } = await settings();
  if (!backend) return null;
  return work && /^[0-9A-Za-z]{1,64}$/.test(work) ? `${backend.url}/works/${work}` : `${backend.url}/`;
}

/** Addresses as headers take them. @param {string} text */
const headerText = (text) => text.replace(/[^\x21-\x7e]/g, (one) => encodeURIComponent(one)).slice(0, 2048);
