// What came of a query, as rows of terms, and how a term is shown: as text, never as markup.

const WHOLE = 60; // a name up to this length is not broken into lines
const SHORT = 30; // a text beyond this length gets room for some words on a line

/** The answer that YASR holds: {heads, rows}, a row being an object from name to term; or null. */
export function solutions(results) {
  if (!results || results.hasError()) return null;
  const type = results.getContentType() || "";
  if (type.includes("sparql-results+json")) {
    // Read anew, since YASR replaces what stands in double braces.
    const read = JSON.parse(results.getOriginalResponseAsString());
    return read.results ? { heads: read.head.vars, rows: read.results.bindings } : null;
  }
  const rows = results.getBindings();
  return rows ? { heads: results.getVariables(), rows } : null;
}

/** Makes terms into text and links. */
export class Terms {
  /**
   * @param {Record<string, string>} prefixes prefix to namespace
   * @param {string} base what our IRIs begin with
   * @param {string} home where they are found on this service
   */
  constructor(prefixes, base, home) {
    this.base = base;
    this.home = home;
    this.prefixes = Object.entries(prefixes).sort((a, b) => b[1].length - a[1].length);
  }

  /** An IRI as a prefixed name where that is possible. */
  compact(iri) {
    for (const [prefix, namespace] of this.prefixes) {
      const local = iri.slice(namespace.length);
      if (iri.startsWith(namespace) && /^[\w-]+$/.test(local)) return `${prefix}:${local}`;
    }
    return iri;
  }

  /** Where an IRI leads, or null: ours to this service, others where a browser can follow them. */
  address(iri) {
    if (iri.startsWith(this.base)) return this.home + iri.slice(this.base.length);
    return /^https?:\/\//.test(iri) ? iri : null;
  }

  /** A term in words. */
  text(term) {
    if (!term) return "";
    if (term.type === "uri") return this.compact(term.value);
    return term.type === "bnode" ? `_:${term.value.replace(/^_:/, "")}` : term.value;
  }

  /** A term as a node of the page. */
  node(term) {
    if (!term) return document.createTextNode("");
    const text = this.text(term);
    const address = term.type === "uri" ? this.address(term.value) : null;
    if (!address) return text.length > SHORT ? element("span", { class: "long" }, text) : document.createTextNode(text);
    const link = element("a", { href: address, title: term.value }, text);
    link.className = text.length <= WHOLE ? "whole" : "long";
    if (!term.value.startsWith(this.base)) link.rel = "external noreferrer";
    return link;
  }
}

/** The number that a term is, or null. */
export function number(term) {
  if (!term || term.type === "uri" || term.type === "bnode" || !term.value.trim()) return null;
  const value = Number(term.value);
  return Number.isFinite(value) ? value : null;
}

/** Makes an element with attributes and children; strings become text. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Makes a field of a form: a label with its control. */
export function field(label, control) {
  fields += 1;
  control.id = `field-${fields}`;
  return element("span", { class: "inline" }, element("label", { for: control.id }, label), " ", control);
}
let fields = 0;

/** Makes a select with options, each a pair of value and text. */
export function select(options, chosen) {
  const made = element("select");
  for (const [value, text] of options) {
    const option = element("option", { value }, text);
    option.selected = value === chosen;
    made.append(option);
  }
  return made;
}
