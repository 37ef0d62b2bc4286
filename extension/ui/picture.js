// @ts-check
/** What one picture says, in a tab of its own: for pages on which no script of an extension can run. */

import { labelsOf } from "../lib/labels.js";
import { viewOf } from "../lib/view.js";
import { translate } from "../lib/words.js";
import { lines } from "./lines.js";

const say = await translate(document);
const query = new URLSearchParams(location.search);
const url = query.get("url") ?? "";
const state = /** @type {HTMLElement} */ (document.getElementById("state"));

if (URL.canParse(url)) {
  const [label] = await labelsOf([url], { page: query.get("page") ?? "", whole: true });
  const view = await viewOf(label);
  /** @type {HTMLElement} */ (document.getElementById("title")).textContent = view.title;
  state.textContent = view.state;
  document.getElementById("lines")?.replaceChildren(lines(view));
} else state.textContent = say("picture_none");
document.documentElement.dataset.ready = "";
