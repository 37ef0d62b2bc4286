// A test site's page: sends the picked file and shows what the site serves of it.
// A driver reads document.body.dataset: state = idle | busy | done | error, served (JSON list of URLs), error (text).

const LONGEST_EDGE = 2048;
const QUALITY = 0.9;

const { body } = document;
const form = document.querySelector("form");
const status = document.querySelector("#status");
const gallery = document.querySelector("#served");

function say(state, text) {
  status.textContent = text;
  body.dataset.state = state;
}

// What many sites' pages do before they send: decode, draw, encode. Nothing but pixels survives.
async function drawnAgain(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_EDGE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (blob === null) throw new Error("the page could not encode the picture");
  return new File([blob], "image.jpg", { type: "image/jpeg" });
}

async function send(file) {
  const data = new FormData();
  data.append("file", file, file.name);
  const answer = await fetch("/upload", { method: "POST", body: data });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error ?? `the site answered ${answer.status}`);
  return told;
}

function show(variant, url) {
  const figure = document.createElement("figure");
  const image = document.createElement("img");
  const caption = document.createElement("figcaption");
  image.alt = `the picture as served, ${variant}`;
  caption.textContent = variant;
  figure.append(image, caption);
  gallery.append(figure);
  return new Promise((done, failed) => {
    image.addEventListener("load", () => done(image.currentSrc));
    image.addEventListener("error", () => failed(new Error(`${url} does not load as a picture`)));
    image.src = url;
  });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = document.querySelector("#file").files[0];
  if (!file) return;
  delete body.dataset.served;
  delete body.dataset.error;
  gallery.replaceChildren();
  say("busy", "Sending…");
  try {
    const told = await send(body.dataset.encode === "page" ? await drawnAgain(file) : file);
    const shown = Object.entries(told.urls).map(([variant, url]) => show(variant, url));
    body.dataset.served = JSON.stringify(await Promise.all(shown));
    say("done", "Served as below.");
  } catch (error) {
    body.dataset.error = error.message;
    say("error", error.message);
  }
});
