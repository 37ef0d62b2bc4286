// @ts-check
/** The reader's language: the browser's, unless another was chosen in the options. */

import { settings } from "./store.js";

/** Languages whose words are complete, in their own names. */
export const LANGUAGES = { de: "Deutsch", en: "English", es: "Español", fr: "Français", ja: "日本語" };

/** @typedef {(key: string, ...parts: (string | number)[]) => string} Say */

/** @type {{language: string, say: Say} | null} */
let chosen = null;

/** @type {Say} */
const browsers = (key, ...parts) => chrome.i18n.getMessage(key, parts.map(String)) || key;

/** How to say things, and the language's code. @returns {Promise<{language: string, say: Say}>} */
export async function words() {
  const { language } = await settings();
  if (!Object.hasOwn(LANGUAGES, language)) return { language: chrome.i18n.getMessage("language") || "en", say: browsers };
  if (chosen?.language !== language) {
    const answer = await fetch(chrome.runtime.getURL(`_locales/${language}/messages.json`));
    /** @type {Record<string, {message: string}>} */
    const messages = await answer.json();
    const say = (/** @type {string} */ key, /** @type {(string | number)[]} */ ...parts) =>
      messages[key] ? fill(messages[key].message, parts) : key;
    chosen = { language, say };
  }
  return /** @type {{language: string, say: Say}} */ (chosen);
}

/** `$1` to `$9`; `$$` is one dollar. @param {string} message @param {(string | number)[]} parts */
export function fill(message, parts) {
  return message.replace(/\$([1-9$])/g, (_, mark) => (mark === "$" ? "$" : String(parts[Number(mark) - 1] ?? "")));
}

/** Puts a text into an element; what stands between backticks is a command. @param {Element} element
 * @param {string} text */
export function put(element, text) {
  const parts = text.split("`").map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const code = document.createElement("code");
    code.textContent = part;
    return code;
  });
  element.replaceChildren(...parts);
}

/** Puts words where a page of the extension names them with `data-say`, and sets its language. @param {Document} page */
export async function translate(page) {
  const { language, say } = await words();
  page.documentElement.lang = language;
  for (const element of page.querySelectorAll("[data-say]")) {
    put(element, say(/** @type {HTMLElement} */ (element).dataset.say ?? ""));
  }
  for (const element of page.querySelectorAll("[data-say-label]")) {
    element.setAttribute("aria-label", say(/** @type {HTMLElement} */ (element).dataset.sayLabel ?? ""));
  }
  return say;
}
