// Reads a JSON list of Mermaid texts on standard input, lets the real Mermaid parse each of them, and writes what it
// understood: {ok, error, labels: {id: text}, edges: [[from, to, stroke]]}. Mermaid wants a document; jsdom gives one.
import { JSDOM } from "jsdom";

const { window } = new JSDOM("<!doctype html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ startOnLoad: false });

async function understood(text) {
  try {
    await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    return {
      ok: true,
      labels: Object.fromEntries([...db.getVertices()].map(([id, vertex]) => [id, vertex.text])),
      edges: db.getEdges().map((edge) => [edge.start, edge.end, edge.stroke]),
    };
  } catch (error) {
    return { ok: false, error: String(error) };
  }
}

let input = "";
for await (const chunk of process.stdin) input += chunk;
const answers = [];
for (const text of JSON.parse(input)) answers.push(await understood(text));
process.stdout.write(JSON.stringify(answers));
