// Reads a JSON list of Mermaid texts on standard input, lets the real Mermaid parse and draw each of them, and writes
// what it understood: {ok, error, direction, labels: {id: text}, classes: {id: [name]}, looks: {name: [style]},
// edges: [[from, to, stroke]]} from the parser's own database, and from the drawing what a reader sees, with "\n" between lines: {shown: {id: text}, reasons: [text]},
// the reasons in the order of the edges. Packages are looked for in the folder that is named as the argument, or
// beside this file. Mermaid wants a document; jsdom gives one, but knows no sizes, so all texts get the same.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const packages = createRequire(process.argv[2] ? pathToFileURL(`${process.argv[2]}/`) : import.meta.url);
const { window } = new (packages("jsdom").JSDOM)("<!doctype html><body></body>");
const { document, Element, SVGElement, XMLSerializer, CSSStyleSheet } = window;
Object.assign(globalThis, { window, document, Element, SVGElement, XMLSerializer, CSSStyleSheet });
Object.assign(SVGElement.prototype, {
  getBBox: () => ({ x: 0, y: 0, width: 100, height: 20 }),
  getComputedTextLength: () => 100,
});
// Loaded only now, since Mermaid's sanitizer looks for the window as it is loaded.
const { default: mermaid } = await import(pathToFileURL(packages.resolve("mermaid")));
mermaid.initialize({ startOnLoad: false });

function textOf(element) {
  if (!element) return ""; // an edge without a label
  element.querySelectorAll("br").forEach((line) => line.replaceWith("\n"));
  return element.textContent;
}

async function understood(source, place) {
  try {
    await mermaid.parse(source);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(source);
    const vertices = [...db.getVertices()];
    const drawing = document.createElement("div");
    drawing.innerHTML = (await mermaid.render(`drawing${place}`, source)).svg;
    const find = (selector) => textOf(drawing.querySelector(selector));
    return {
      ok: true,
      direction: db.getDirection(),
      labels: Object.fromEntries(vertices.map(([id, vertex]) => [id, vertex.text])),
      classes: Object.fromEntries(vertices.map(([id, vertex]) => [id, vertex.classes])),
      looks: Object.fromEntries([...db.getClasses()].map(([name, look]) => [name, look.styles])),
      edges: db.getEdges().map((edge) => [edge.start, edge.end, edge.stroke]),
      shown: Object.fromEntries(vertices.map(([id, vertex]) => [id, find(`[id$="${vertex.domId}"]`)])),
      reasons: db.getEdges().map((edge) => find(`[data-id="${edge.id}"].label`)),
    };
  } catch (error) {
    return { ok: false, error: String(error) };
  }
}

const answers = [];
for (const [place, source] of JSON.parse(await text(process.stdin)).entries()) {
  answers.push(await understood(source, place));
}
process.stdout.write(JSON.stringify(answers));
