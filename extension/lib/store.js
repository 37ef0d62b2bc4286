// @ts-check
/** What the extension keeps: settings in `local`, what a worker must survive in `session`. Nothing is synchronised. */

/**
 * `off` and `capture` are host names; `backend` is the paired desktop program.
 * @typedef {{off: string[], capture: string[], language: string, backend: {url: string, token: string} | null}} Settings
 */

/** @type {Settings} */
const DEFAULTS = { off: [], capture: [], language: "", backend: null };
/** Of `storage.session`'s 10 MB; past it the oldest knowledge is dropped whole. */
const MAX_SESSION = 6_000_000;

/** @returns {Promise<Settings>} */
export async function settings() {
  return /** @type {Settings} */ (await chrome.storage.local.get(/** @type {any} */ (DEFAULTS)));
}

/** @param {Partial<Settings>} changed */
export async function change(changed) {
  await chrome.storage.local.set(changed);
}

/** Puts a host into one of the lists, or takes it out. @param {"off" | "capture"} list @param {string} host
 * @param {boolean} listed */
export async function list(list, host, listed) {
  const kept = new Set((await settings())[list]);
  if (listed) kept.add(host);
  else kept.delete(host);
  await change({ [list]: [...kept].sort() });
}

/** Values kept for this session under `prefix` + key. @param {string} prefix @param {string[]} keys
 * @returns {Promise<Map<string, any>>} */
export async function recall(prefix, keys) {
  const found = await chrome.storage.session.get(keys.map((key) => prefix + key));
  return new Map(keys.filter((key) => prefix + key in found).map((key) => [key, found[prefix + key]]));
}

/** @param {string} prefix @param {Map<string, any>} values */
export async function remember(prefix, values) {
  if (!values.size) return;
  if ((await chrome.storage.session.getBytesInUse()) > MAX_SESSION) await forget();
  await chrome.storage.session.set(Object.fromEntries([...values].map(([key, value]) => [prefix + key, value])));
}

/** Drops all that was learnt about pictures: on pairing, on a changed language. */
export async function forget() {
  await chrome.storage.session.clear();
}
