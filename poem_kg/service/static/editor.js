// Puts YASGUI in the place of the plain editor. It asks this service alone, and keeps nothing.

import { chartPlugin } from "./editor-chart.js";
import { graphPlugin } from "./editor-graph.js";
import { ResponsePlugin } from "./editor-response.js";
import { tablePlugin } from "./editor-table.js";
import { element, Terms } from "./results.js";

// YASQE's tokenizer stops at these two line ends of Unicode. Written as SPARQL escapes (SPARQL 1.1,
// section 19.2) they are the same characters.
const escaped = (query) => query.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

const TERMS = `SELECT DISTINCT ?term WHERE {
  ?term a ?kind .
  FILTER(ISIRI(?term) && STRSTARTS(STR(?term), "BASE"))
}
ORDER BY ?term`;

const host = document.getElementById("editor");
if (host && window.Yasgui) start(window.Yasgui);

function start(Yasgui) {
  const { sparql, queries, home, base, name } = host.dataset;
  const endpoint = new URL(sparql, location.href).href;
  const prefixes = Object.fromEntries(
    [...document.querySelectorAll("#prefixes [data-prefix]")].map((item) => [
      item.dataset.prefix,
      item.dataset.namespace,
    ]),
  );
  const plain = document.getElementById("plain");
  const given = plain.elements.namedItem("query").value;
  completion(Yasgui.Yasqe, prefixes, endpoint, base);
  results(Yasgui.Yasr, new Terms(prefixes, base, home));

  plain.hidden = true;
  host.hidden = false;
  const tools = toolbar();
  host.append(tools.bar);
  const yasgui = new Yasgui(host, {
    autoAddOnInit: false,
    autofocus: false,
    copyEndpointOnNewTab: false,
    endpointCatalogueOptions: { getData: () => [], keys: [] },
    persistenceId: null,
    populateFromUrl: false,
    requestConfig: { endpoint, method: "POST" },
    yasqe: {
      value: given,
      persistenceId: null,
      resizeable: false,
      viewportMargin: Infinity,
      // The tabulator leaves the editor, as everywhere on a page.
      extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-S": () => {} },
    },
    yasr: { persistenceId: null, maxPersistentResponseSize: 0, prefixes },
  });

  let due = 0;
  const share = () => {
    const yasqe = yasgui.getTab()?.getYasqe();
    if (!yasqe) return;
    const fragment = `#query=${encodeURIComponent(yasqe.getValue())}`;
    tools.link.href = fragment;
    history.replaceState(null, "", location.pathname + fragment);
  };
  const shareSoon = () => {
    clearTimeout(due); // not at every key: browsers count changes of the address
    due = setTimeout(share, 300);
  };
  const watched = new WeakSet();
  const watch = () => {
    const yasqe = yasgui.getTab()?.getYasqe();
    if (yasqe && !watched.has(yasqe)) {
      watched.add(yasqe);
      yasqe.on("change", shareSoon);
    }
  };
  const open = (title, value) => {
    const label = yasgui.createTabName(title || "Query");
    // As high as its text: what scrolls inside a page is hard to reach by keyboard.
    yasgui.addTab(true, { name: label, yasqe: { value, editorHeight: "auto" } });
    watch();
  };
  const fromAddress = () => {
    const query = new URLSearchParams(location.hash.slice(1)).get("query");
    if (query === null) return false;
    const asked = escaped(query);
    if (asked !== yasgui.getTab()?.getYasqe()?.getValue()) open("", asked);
    return true;
  };

  if (!fromAddress()) open(name, given);
  yasgui.on("tabSelect", () => {
    setTimeout(() => {
      watch();
      share();
    });
  });
  addEventListener("hashchange", fromAddress);
  tools.ask.addEventListener("click", () => yasgui.getTab().query().catch(() => {}));
  tools.add.addEventListener("click", () => {
    open("", given);
    share();
    yasgui.getTab().getYasqe().focus();
  });
  tools.close.addEventListener("click", () => yasgui.getTab().close());
  // One can close the last tab by the key Delete as well; there is always one.
  yasgui.on("tabClose", () => {
    setTimeout(() => {
      if (!Object.keys(yasgui._tabs).length) open("", given);
      watch();
      share();
    });
  });
  catalogue(queries, (title, value) => {
    open(title, value);
    share();
    host.scrollIntoView({ block: "start" });
    yasgui.getTab().getYasqe().focus();
  });
  // A tab turns into a field for its name on these, inside of what is a control already.
  for (const kind of ["dblclick", "contextmenu"]) {
    host.addEventListener(kind, (event) => event.target.closest(".tabsList") && event.stopPropagation(), true);
  }
  mend();
  new MutationObserver(mend).observe(host, { childList: true, subtree: true });
}

/** Have the catalogue open in tabs. Questions about a patient stay links to a page that says why. */
function catalogue(address, open) {
  let read = null;
  const text = async (name) => {
    read ??= fetch(address, { headers: { Accept: "application/json" } }).then((got) => got.json());
    return (await read).find((query) => query.name === name).text;
  };
  const form = document.getElementById("catalogue");
  form.addEventListener("submit", async (event) => {
    const option = form.elements.namedItem("name").selectedOptions[0];
    if (option.dataset.patient !== undefined) return;
    event.preventDefault();
    if (option.value) open(option.value, await text(option.value));
  });
  document.getElementById("questions").addEventListener("click", async (event) => {
    const { name } = event.target.closest("a")?.dataset ?? {};
    if (!name || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(name, await text(name));
  });
}

function toolbar() {
  const ask = element("button", { type: "button" }, "Ask");
  const add = element("button", { type: "button", class: "quiet" }, "New tab");
  const close = element("button", { type: "button", class: "quiet" }, "Close this tab");
  const link = element("a", { href: "#query=" }, "Link to this query");
  const keys = element("p", { class: "note" });
  const key = (name) => element("kbd", {}, name);
  keys.append(
    key("Ctrl"), "+", key("Enter"), " asks, ", key("Ctrl"), "+", key("Space"), " completes a term, ",
    key("Tab"), " leaves the editor, after ", key("Esc"), " as well. Tabs are not stored; the address of this page holds the query that is open.",
  );
  const tools = element("div", { class: "toolbar" }, ask, add, close, link);
  return { ask, add, close, link, bar: element("div", {}, tools, keys) };
}

/** Results as table, graph, chart and text; our own plugins put no markup together. */
function results(Yasr, terms) {
  Yasr.registerPlugin("table", tablePlugin(terms));
  Yasr.registerPlugin("graph", graphPlugin(terms, window.d3));
  Yasr.registerPlugin("chart", chartPlugin(terms));
  Yasr.registerPlugin("response", ResponsePlugin);
  Yasr.defaults.pluginOrder = ["table", "graph", "chart", "response"];
  Yasr.defaults.defaultPlugin = "table";
}

/** Completion from this service alone: its prefixes, its terms and the variables of the query. */
function completion(Yasqe, prefixes, endpoint, base) {
  const declared = Object.entries(prefixes).map(([name, iri]) => `${name}: <${iri}>`);
  Yasqe.forkAutocompleter("prefixes", { name: "known", get: () => declared, persistenceId: null });
  let read = null;
  const terms = async () => {
    const query = TERMS.replace("BASE", () => base);
    const got = await fetch(endpoint, {
      method: "POST",
      headers: { Accept: "application/sparql-results+json", "Content-Type": "application/sparql-query" },
      body: query,
    });
    return got.ok ? (await got.json()).results.bindings.map((row) => row.term.value) : [];
  };
  Yasqe.forkAutocompleter("class", {
    name: "terms",
    persistenceId: null,
    isValidCompletionPosition: (yasqe) => /^(<.|[A-Za-z][\w-]*:)/.test(yasqe.getCompleteToken().string),
    get: async (yasqe, token) => {
      read ??= terms();
      const begun = token?.autocompletionString ?? "";
      return (await read).filter((iri) => iri.startsWith(begun)).slice(0, 100);
    },
  });
  Yasqe.defaults.autocompleters = ["variables", "known", "terms"];
}

/** Say what the parts of YASGUI are, where it does not. */
function mend() {
  const name = (selector, label) => {
    for (const part of host.querySelectorAll(selector)) {
      if (part.getAttribute("aria-label") !== label) part.setAttribute("aria-label", label);
    }
  };
  name(".tabsList", "Queries that are open");
  name(".yasqe .CodeMirror textarea", "Query, in SPARQL");
}
