// The table of results: sorted by a click on a head, narrowed by a word, a hundred rows at a time.

import { element, field, number, solutions } from "./results.js";

const AT_ONCE = 100;

/** Makes the plugin of YASR. */
export function tablePlugin(terms) {
  return class Table {
    label = "Table";
    priority = 10;

    constructor(yasr) {
      this.yasr = yasr;
    }

    canHandleResults() {
      return solutions(this.yasr.results) !== null;
    }

    draw() {
      const { heads, rows } = solutions(this.yasr.results);
      this.heads = heads;
      this.rows = rows;
      this.shown = AT_ONCE;
      this.sorted = null;
      this.word = "";
      const box = element("input", { type: "search", autocomplete: "off" });
      box.addEventListener("input", () => {
        this.word = box.value.trim().toLowerCase();
        this.shown = AT_ONCE;
        this.fill();
      });
      this.count = element("p", { class: "note", role: "status" });
      this.head = element("tr");
      heads.forEach((name) => {
        const button = element("button", { type: "button", class: "sort" }, name);
        button.addEventListener("click", () => this.sort(name));
        this.head.append(element("th", { scope: "col" }, button));
      });
      this.body = element("tbody");
      this.more = element("button", { type: "button", class: "quiet" }, "Show more rows");
      this.more.addEventListener("click", () => {
        this.shown += AT_ONCE;
        this.fill();
      });
      const table = element("table", {}, element("thead", {}, this.head), this.body);
      this.yasr.resultsEl.append(
        element("div", { class: "toolbar" }, field("Narrow to", box), this.count),
        element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Rows" }, table),
        this.more,
      );
      this.fill();
    }

    sort(name) {
      const descending = this.sorted?.name === name && !this.sorted.descending;
      this.sorted = { name, descending };
      this.fill();
    }

    fill() {
      let rows = this.rows;
      if (this.word) {
        rows = rows.filter((row) =>
          this.heads.some((name) => this.words(row[name]).includes(this.word)),
        );
      }
      if (this.sorted) {
        const { name, descending } = this.sorted;
        rows = [...rows].sort((a, b) => compared(terms, a[name], b[name]) * (descending ? -1 : 1));
      }
      this.heads.forEach((name, at) => {
        const how = descendingOf(this.sorted, name);
        if (how) this.head.children[at].setAttribute("aria-sort", how);
        else this.head.children[at].removeAttribute("aria-sort");
      });
      const shown = rows.slice(0, this.shown).map((row) => {
        const cells = this.heads.map((name) => element("td", {}, terms.node(row[name])));
        return element("tr", {}, ...cells);
      });
      this.body.replaceChildren(...shown);
      this.more.hidden = rows.length <= this.shown;
      const all = `${rows.length} row${rows.length === 1 ? "" : "s"}`;
      this.count.textContent =
        shown.length < rows.length ? `${all}, of which the first ${shown.length} are shown` : all;
    }

    words(term) {
      return term ? `${terms.text(term)} ${term.value}`.toLowerCase() : "";
    }

    download(name) {
      return {
        contentType: "text/csv",
        filename: `${name || "rows"}.csv`,
        title: "Download the rows as CSV",
        getData: () => csv(this.heads, this.rows),
      };
    }
  };
}

function descendingOf(sorted, name) {
  if (sorted?.name !== name) return null;
  return sorted.descending ? "descending" : "ascending";
}

function compared(terms, a, b) {
  if (!a || !b) return (a ? 1 : 0) - (b ? 1 : 0);
  const [left, right] = [number(a), number(b)];
  if (left !== null && right !== null) return left - right;
  return terms.text(a).localeCompare(terms.text(b));
}

/** Rows as CSV (RFC 4180), IRIs in full. */
function csv(heads, rows) {
  const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [heads, ...rows.map((row) => heads.map((name) => row[name]?.value ?? ""))];
  return lines.map((line) => line.map(quoted).join(",") + "\r\n").join("");
}
