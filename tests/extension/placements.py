"""The places where a page can show a picture, each with whether a label must lie on it."""

from __future__ import annotations

from typing import NamedTuple

BOX = "width:240px;height:180px"
FRAME = "<img src={base}/p/{name}.jpg>"


class Placement(NamedTuple):
    """`html` holds `{src}` for the picture's address and `{cdn}` for the same on another host; `script` runs
    once the page stands, with `box` as the placement's section."""

    name: str
    html: str
    labelled: bool = True
    script: str = ""
    kind: str = "jpg"


def _closed(inner: str, mode: str = "closed") -> str:
    return f"box.firstElementChild.attachShadow({{mode: '{mode}'}}).innerHTML = `{inner}`;"


IMG = "<img src={src}>"
PLACEMENTS = (
    Placement("plain", IMG),
    Placement("other-host", "<img src={cdn}>"),
    Placement("srcset", "<img srcset='{src} 1x, {src} 2x'>"),
    Placement("sizes", "<img sizes=240px srcset='{src} 240w'>"),
    Placement("picture", "<picture><source srcset={src}><img src=/none.jpg></picture>"),
    Placement("lazy", "<img loading=lazy width=240 height=180 src={src}>"),
    Placement("poster", f"<video style='{BOX}' poster={{src}} preload=none></video>"),
    Placement("background-class", f"<div class=bg-class style='{BOX}'></div>"),
    Placement("background-inline", f"<div style='{BOX};background-image:url({{src}})'></div>"),
    Placement("background-before", f"<div class=before style='{BOX}'></div>"),
    Placement(
        "background-of-two", f"<div style='{BOX};background:linear-gradient(#0001,#0002),url({{src}})'></div>"
    ),
    Placement("svg-image", "<svg width=240 height=180><image href={src} width=240 height=180 /></svg>"),
    Placement("svg-xlink", "<svg width=240 height=180><image xlink:href={src} width=240 height=180 /></svg>"),
    Placement("input-image", "<input type=image src={src}>"),
    Placement("object", "<object type=image/jpeg data={src} width=240 height=180></object>"),
    Placement("embed", "<embed type=image/jpeg src={src} width=240 height=180>"),
    Placement("shadow-open", "<div></div>", script=_closed(IMG, "open")),
    Placement("shadow-closed", "<div></div>", script=_closed(IMG)),
    Placement(
        "shadow-nested",
        "<div></div>",
        script="const a = box.firstElementChild.attachShadow({mode: 'open'}); a.innerHTML = '<p></p>';"
        "a.firstElementChild.attachShadow({mode: 'closed'}).innerHTML = `<img src={src}>`;",
    ),
    Placement("shadow-declared", "<div><template shadowrootmode=closed><img src={src}></template></div>"),
    Placement("shadow-late", "<late-element></late-element>"),
    Placement("frame-same", "<iframe src='/frame/{name}.html' width=300 height=220></iframe>"),
    Placement("frame-other", "<iframe src='{base_cdn}/frame/{name}.html' width=300 height=220></iframe>"),
    Placement("frame-srcdoc", "<iframe srcdoc='<img src={src}>' width=300 height=220></iframe>"),
    Placement("frame-sandboxed", "<iframe sandbox srcdoc='<img src={src}>' width=300 height=220></iframe>"),
    Placement(
        "frame-blank",
        "<iframe width=300 height=220></iframe>",
        script="box.firstElementChild.contentDocument.body.innerHTML = `<img src={src}>`;",
    ),
    Placement(
        "frame-blob",
        "<iframe width=300 height=220></iframe>",
        script="box.firstElementChild.src = URL.createObjectURL("
        "new Blob([`<img src={src}>`], {type: 'text/html'}));",
    ),
    Placement("frame-picture", "<iframe src='{src}' width=300 height=220></iframe>"),
    Placement("added", "", script="const i = new Image(); i.src = '{src}'; box.append(i);"),
    Placement("changed-src", "<img src=/small.jpg>", script="box.firstElementChild.src = '{src}';"),
    Placement("changed-srcset", "<img srcset=/small.jpg>", script="box.firstElementChild.srcset = '{src} 1x';"),
    Placement(
        "changed-poster",
        f"<video style='{BOX}' poster=/small.jpg preload=none></video>",
        script="box.firstElementChild.poster = '{src}';",
    ),
    Placement(
        "grown",
        "<img src={src} width=40 height=30>",
        script="setTimeout(() => { box.firstElementChild.width = 240; box.firstElementChild.height = 180; }, 300);",
    ),
    Placement(
        "shown-later",
        "<img src={src} style='display:none'>",
        script="setTimeout(() => box.firstElementChild.style.display = 'inline', 300);",
    ),
    Placement("moved", "<i></i><img src={src}>", script="box.firstElementChild.append(box.lastElementChild);"),
    Placement("link", "<a href=#x><img src={src}></a>"),
    Placement("button", "<button><img src={src}></button>"),
    Placement("table", "<table><tr><td><img src={src}></table>"),
    Placement("rtl", "<div dir=rtl><img src={src}></div>"),
    Placement("vertical", "<div style='writing-mode:vertical-rl'><img src={src}></div>"),
    Placement("scaled", "<img src={src} style='transform:scale(0.8)'>"),
    Placement("object-fit", "<img src={src} style='width:200px;height:200px;object-fit:cover'>"),
    Placement("rounded", "<img src={src} style='border-radius:40px'>"),
    Placement("columns", "<div style='columns:2'><img src={src}></div>"),
    Placement("no-pointer", "<img src={src} style='pointer-events:none'>"),
    Placement("content-visibility", "<div style='content-visibility:auto'><img src={src}></div>"),
    Placement(
        "under-clear-layer",
        "<div style='position:relative'><img src={src}><a href=#x style='position:absolute;inset:0'></a></div>",
    ),
    Placement(
        "twin",
        f"<div style='{BOX};position:relative;background-image:url({{src}})'>"
        "<img src={src} style='opacity:0;position:absolute;inset:0'></div>",
    ),
    Placement(
        "scroller",
        "<div style='height:200px;width:300px;overflow:auto'><div style='height:600px'></div><img src={src}></div>",
        script="const scroller = box.firstElementChild, down = () => scroller.scrollTop = 600;"
        " down(); scroller.lastElementChild.addEventListener('load', down);",
    ),
    Placement(
        "details-open",
        "<details><summary>x</summary><img src={src}></details>",
        script="box.firstElementChild.open = true;",
    ),
    Placement("cross-origin", "<img crossorigin src={src}>"),
    Placement("fragment", "<img src='{src}#part'>"),
    Placement("redirected", "<img src=/to/{name}.jpg>"),
    Placement(
        "blob",
        "<img>",
        script="fetch('{src}').then((a) => a.blob()).then((b) => box.firstElementChild.src = URL.createObjectURL(b));",
    ),
    Placement(
        "data",
        "<img>",
        script="fetch('{src}').then((a) => a.blob()).then((b) => { const r = new FileReader();"
        " r.onload = () => box.firstElementChild.src = r.result; r.readAsDataURL(b); });",
    ),
    Placement("png", IMG, kind="png"),
    Placement("webp", IMG, kind="webp"),
    Placement("avif", IMG, kind="avif"),
    # Where no label may lie.
    Placement("small", "<img src={src} width=60 height=45>", labelled=False),
    Placement("flat", "<img src={src} style='width:400px;height:40px'>", labelled=False),
    Placement("display-none", "<img src={src} style='display:none'>", labelled=False),
    Placement("invisible", "<img src={src} style='visibility:hidden'>", labelled=False),
    Placement("transparent", "<img src={src} style='opacity:0'>", labelled=False),
    Placement("transparent-parent", "<div style='opacity:0'><img src={src}></div>", labelled=False),
    Placement("details-closed", "<details><summary>x</summary><img src={src}></details>", labelled=False),
    Placement(
        "under-opaque-layer",
        "<div style='position:relative'><img src={src}><div style='position:absolute;inset:0;background:#ccc'></div></div>",
        labelled=False,
    ),
    Placement(
        "scrolled-away",
        "<div style='height:100px;width:300px;overflow:hidden'><div style='height:600px'></div><img src={src}></div>",
        labelled=False,
    ),
    Placement("removed", IMG, labelled=False, script="setTimeout(() => box.firstElementChild.remove(), 400);"),
    Placement("broken", "<img src=/none.jpg width=240 height=180>", labelled=False),
    Placement("nothing", "<img src=/nothing.jpg>", labelled=False),
    Placement("canvas", "<canvas width=240 height=180></canvas>", labelled=False),
)

STYLE = """<style>body{margin:0} section{padding:12px;min-height:230px} .bg-class{background-image:url(/p/background-class.jpg)}
.before::before{content:'';display:block;width:240px;height:180px;background-image:url(/p/background-before.jpg)}</style>"""


def page(base: str, base_cdn: str) -> str:
    """The whole page."""
    sections, scripts = [], []
    for placement in PLACEMENTS:
        values = {
            "src": f"{base}/p/{placement.name}.{placement.kind}",
            "cdn": f"{base_cdn}/p/{placement.name}.{placement.kind}",
            "name": placement.name,
            "base_cdn": base_cdn,
        }
        html, script = placement.html, placement.script
        for key, value in values.items():
            html, script = html.replace(f"{{{key}}}", value), script.replace(f"{{{key}}}", value)
        sections.append(f"<section id={placement.name}>{html}</section>")
        if script:
            scripts.append(f"{{ const box = document.getElementById('{placement.name}'); {script} }}")
    late = (
        "setTimeout(() => customElements.define('late-element', class extends HTMLElement { constructor() { super();"
        f" this.attachShadow({{mode: 'closed'}}).innerHTML = '<img src={base}/p/shadow-late.jpg>'; }} }}), 500);"
    )
    body, code = "".join(sections), "\n".join([*scripts, late])
    return f"<!doctype html><meta charset=utf-8>{STYLE}<body>{body}<script>{code}</script>"
