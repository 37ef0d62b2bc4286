// @ts-check
/** The options: pairing, sites, language, and what becomes of what. */

import * as api from "../lib/api.js";
import { change, list, settings } from "../lib/store.js";
import { LANGUAGES, put, translate } from "../lib/words.js";
import { element } from "./lines.js";

const EVERYWHERE = { origins: ["*://*/*"] };

/** @param {string} id */
const at = (id) => /** @type {any} */ (document.getElementById(id));
let say = await translate(document);

at("pair").addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const form = at("pair").elements;
  const { token, url } = pasted(form.token.value, form.url.value);
  const address = api.loopback(url);
  if (!address) return told("pairing_bad_address");
  if (!/^cl_[\w-]{20,120}$/.test(token)) return told("pairing_bad_token");
  await change({ backend: { url: address, token } });
  form.token.value = "";
  form.url.value = address;
  await showProgram();
});

at("unpair").addEventListener("click", async () => {
  await change({ backend: null });
  await showProgram();
});

// The permission is asked for at once: browsers want the user's own click for it.
at("allow-all").addEventListener("click", () => chrome.permissions.request(EVERYWHERE).then(showSites));
at("revoke-all").addEventListener("click", () => chrome.permissions.remove(EVERYWHERE).then(showSites));

at("language").addEventListener("change", async () => {
  await change({ language: at("language").value });
  say = await translate(document);
  await show();
  told("saved");
});

/** What `creditline pair --json` prints holds both; the bare token has its own address beside it.
 * @param {string} token @param {string} url */
function pasted(token, url) {
  try {
    const said = JSON.parse(token);
    if (typeof said?.token === "string") return { token: said.token, url: typeof said.url === "string" ? said.url : url };
  } catch {
    // No JSON: the token itself.
  }
  const words = token.trim().split(/\s+/);
  const bare = words.find((word) => word.startsWith("cl_")) ?? token.trim();
  const address = words.find((word) => word.startsWith("http://"));
  return { token: bare, url: address ?? url };
}

/** @param {string} key */
function told(key) {
  at("done").textContent = say(key);
}

async function showProgram() {
  const { backend } = await settings();
  at("unpair").hidden = !backend;
  if (backend) at("pair").elements.url.value = backend.url;
  put(at("program"), say(`program_${await api.state()}`));
}

async function showSites() {
  const everywhere = await chrome.permissions.contains(EVERYWHERE);
  at("allow-all").hidden = everywhere;
  at("revoke-all").hidden = !everywhere;
  const { off, capture } = await settings();
  showList("off", off);
  showList("capture", capture);
}

/** @param {"off" | "capture"} name @param {string[]} hosts */
function showList(name, hosts) {
  const items = hosts.map((host) => {
    const item = element("li", `${host} `), out = element("button", "×");
    out.setAttribute("aria-label", say("take_out", host));
    out.addEventListener("click", async () => {
      await list(name, host, false);
      await showSites();
    });
    item.append(out);
    return item;
  });
  at(name).replaceChildren(...(items.length ? items : [element("li", say("none_listed"), "soft")]));
}

async function show() {
  const { language } = await settings();
  const choices = [["", say("language_auto")], ...Object.entries(LANGUAGES)].map(([value, name]) => {
    const option = document.createElement("option");
    option.value = value;
    option.textContent = name;
    option.selected = value === language;
    return option;
  });
  at("language").replaceChildren(...choices);
  await showSites();
  await showProgram();
}

await show();
document.documentElement.dataset.ready = "";
