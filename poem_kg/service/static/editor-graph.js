// The picture of a graph: of the triples of a CONSTRUCT, or of rows whose three columns are triples.

import { element, solutions } from "./results.js";

const MOST = 200;
const NAMES = [["s", "p", "o"], ["subject", "predicate", "object"]];
const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [600, 240]; // at least

/** The triples of an answer, or null where it has none. */
function triples(results) {
  const found = solutions(results);
  if (!found || found.heads.length !== 3) return null;
  const [s, p, o] = NAMES.find((names) => names.every((name) => found.heads.includes(name))) ?? found.heads;
  const whole = found.rows.filter((row) => row[s] && row[p] && row[o]);
  const fits = whole.every((row) => row[s].type !== "literal" && row[p].type === "uri");
  return whole.length && fits ? whole.map((row) => [row[s], row[p], row[o]]) : null;
}

/** Makes the plugin of YASR. */
export function graphPlugin(terms, d3) {
  return class Graph {
    label = "Graph";
    priority = 5;

    constructor(yasr) {
      this.yasr = yasr;
    }

    canHandleResults() {
      return triples(this.yasr.results) !== null;
    }

    draw() {
      const all = triples(this.yasr.results);
      const drawn = all.slice(0, MOST);
      const { nodes, edges } = laidOut(drawn, d3);
      const few = drawn.length < all.length ? `, the first ${drawn.length} of ${all.length}` : "";
      const told = `${nodes.length} things and ${edges.length} links between them${few}`;
      this.yasr.resultsEl.append(
        element("p", { class: "note", role: "status" }, `${told}. The table has the same in words.`),
        element(
          "div",
          { class: "wide graph", tabindex: "0", role: "region", "aria-label": "Picture of the graph" },
          picture(nodes, edges, terms, told),
        ),
      );
    }
  };
}

/** Nodes with a place each, and edges between them. A literal is a node of its own each time. */
function laidOut(drawn, d3) {
  const nodes = new Map();
  const node = (term, key) => {
    if (!nodes.has(key)) nodes.set(key, { term, key });
    return nodes.get(key);
  };
  const edges = drawn.map(([s, p, o], at) => ({
    source: node(s, s.value),
    target: node(o, o.type === "uri" || o.type === "bnode" ? o.value : `${at} ${o.value}`),
    term: p,
  }));
  const placed = [...nodes.values()];
  d3.forceSimulation(placed)
    .force("link", d3.forceLink(edges).distance(nodes.size > 60 ? 110 : 190))
    .force("apart", d3.forceManyBody().strength(-900))
    .force("room", d3.forceCollide(56))
    .force("across", d3.forceX(0).strength(0.05))
    .force("along", d3.forceY(0).strength(0.12))
    .stop()
    .tick(240);
  return { nodes: placed, edges };
}

function picture(nodes, edges, terms, told) {
  const xs = nodes.map((node) => node.x);
  const ys = nodes.map((node) => node.y);
  const width = Math.max(WIDTH, Math.max(...xs) - Math.min(...xs) + 220);
  const height = Math.max(HEIGHT, Math.max(...ys) - Math.min(...ys) + 80);
  const left = (Math.min(...xs) + Math.max(...xs) - width) / 2;
  const top = (Math.min(...ys) + Math.max(...ys) - height) / 2;
  const svg = drawn("svg", {
    viewBox: `${left} ${top} ${width} ${height}`,
    width,
    height,
    role: "group",
    "aria-label": told,
  });
  const head = drawn("marker", {
    id: "head", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto",
  });
  head.append(drawn("path", { d: "M0 0 8 4 0 8z", class: "head" }));
  svg.append(head);
  for (const { source, target, term } of edges) {
    const away = Math.hypot(target.x - source.x, target.y - source.y) || 1;
    const back = Math.min(0.45, 16 / away);
    const end = [target.x - (target.x - source.x) * back, target.y - (target.y - source.y) * back];
    svg.append(
      drawn("line", { x1: source.x, y1: source.y, x2: end[0], y2: end[1], "marker-end": "url(#head)" }),
      label("text", ...between(source, target, 0.6), terms.text(term), "edge"),
    );
  }
  for (const { term, x, y } of nodes) {
    const text = label("text", x, y + 18, terms.text(term), term.type === "uri" ? "thing" : "value");
    const dot = drawn(term.type === "uri" ? "circle" : "rect", shape(term, x, y));
    const address = term.type === "uri" ? terms.address(term.value) : null;
    if (!address) {
      svg.append(dot, text);
      continue;
    }
    const link = drawn("a", { href: address });
    link.append(dot, text);
    svg.append(link);
  }
  return svg;
}

/** A place on the way from one node to another, a little above the line. */
function between(source, target, share) {
  return [source.x + (target.x - source.x) * share, source.y + (target.y - source.y) * share - 3];
}

function shape(term, x, y) {
  return term.type === "uri" ? { cx: x, cy: y, r: 6 } : { x: x - 5, y: y - 5, width: 10, height: 10 };
}

function label(tag, x, y, text, kind) {
  const short = text.length > 32 ? `${text.slice(0, 30)}…` : text;
  const made = drawn(tag, { x, y, class: kind });
  made.textContent = short;
  if (short !== text) {
    const whole = drawn("title", {});
    whole.textContent = text;
    made.append(whole);
  }
  return made;
}

function drawn(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
