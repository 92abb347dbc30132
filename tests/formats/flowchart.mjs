// Reads the flowchart on stdin with the parser of Mermaid, the module named by the argument, and prints its nodes and
// edges as JSON. Nothing is drawn: what cleans HTML for a page gets the least that lets it load, and passes on what it gets.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

globalThis.window = { document: { nodeType: 9, createElement: () => ({}) }, Element: class {} };
const { default: mermaid } = await import(pathToFileURL(process.argv[2]));
mermaid.initialize({ startOnLoad: false });
const text = readFileSync(0, "utf8");
await mermaid.parse(text);
const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
// Numbered signs are kept under other names until they are drawn.
const plain = (label) =>
  label.replace(/<br ?\/?>/g, "\n").replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));
const nodes = [...db.getVertices().values()].map((node) => [node.id, plain(node.text)]);
const edges = db.getEdges().map((edge) => [edge.start, edge.end]);
const groups = db.getSubGraphs().map((group) => plain(group.title));
console.log(JSON.stringify({ nodes, edges, groups }));
