// The answer as it came. One line may hold all of it, so that its beginning is counted in characters.

import { element } from "./results.js";

const AT_FIRST = 20000;
const ENDINGS = { json: "json", turtle: "ttl", "n-triples": "nt", xml: "xml", csv: "csv" };

/** The plugin of YASR. */
export class ResponsePlugin {
  label = "Response";
  priority = 2;

  constructor(yasr) {
    this.yasr = yasr;
  }

  canHandleResults() {
    return Boolean(this.text());
  }

  text() {
    const { results } = this.yasr;
    return results && !results.hasError() ? results.getOriginalResponseAsString() : "";
  }

  draw() {
    const text = this.text();
    const box = element("pre", { class: "response", tabindex: "0", "aria-label": "The answer as it came", role: "region" });
    box.textContent = text.slice(0, AT_FIRST);
    const told = element("p", { class: "note", role: "status" });
    const all = element("button", { type: "button", class: "quiet" }, "Show all of it");
    const kind = (this.yasr.results.getContentType() || "").split(";")[0];
    const shown = () => {
      const few = box.textContent.length < text.length;
      const size = `${text.length.toLocaleString("en")} characters of ${kind}`;
      told.textContent = few ? `${size}, of which the first ${AT_FIRST.toLocaleString("en")} are shown` : size;
      all.hidden = !few;
    };
    all.addEventListener("click", () => {
      box.textContent = text;
      shown();
    });
    shown();
    this.yasr.resultsEl.append(told, box, all);
  }

  download(name) {
    const kind = (this.yasr.results?.getContentType() || "text/plain").split(";")[0];
    const [, ending] = Object.entries(ENDINGS).find(([part]) => kind.includes(part)) ?? ["", "txt"];
    return {
      contentType: kind,
      filename: `${name || "answer"}.${ending}`,
      title: "Download the answer as it came",
      getData: () => this.text(),
    };
  }
}
