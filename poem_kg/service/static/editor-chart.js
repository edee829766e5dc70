// The chart of results: a column of numbers over another column, as bars, a line or points.

import { element, field, number, select, solutions } from "./results.js";
import { plot, SHAPES } from "./plots.js";

const MOST = 500;
const KINDS = [["bar", "Bars"], ["line", "Line"], ["scatter", "Points"]];

/** The columns in which at least one row has a number and none has anything else. */
function numeric(found) {
  return found.heads.filter((name) => {
    const there = found.rows.filter((row) => row[name]);
    return there.length > 0 && there.every((row) => number(row[name]) !== null);
  });
}

/** Makes the plugin of YASR. */
export function chartPlugin(terms) {
  return class ChartPlugin {
    label = "Chart";
    priority = 4;

    constructor(yasr) {
      this.yasr = yasr;
    }

    canHandleResults() {
      const found = solutions(this.yasr.results);
      return found !== null && numeric(found).length > 0;
    }

    draw() {
      const found = solutions(this.yasr.results);
      const numbers = numeric(found);
      const heads = found.heads.map((name) => [name, name]);
      const kind = select(KINDS, "bar");
      const across = select(heads, found.heads.find((name) => !numbers.includes(name)) ?? heads[0][0]);
      const up = select(numbers.map((name) => [name, name]), numbers.at(-1));
      const canvas = element("canvas", { role: "img" });
      const told = element("p", { class: "note", role: "status" });
      const again = () => {
        this.destroy();
        this.away = drawn(canvas, told, found, kind.value, across.value, up.value);
      };
      for (const control of [kind, across, up]) control.addEventListener("change", again);
      this.yasr.resultsEl.append(
        element(
          "div",
          { class: "toolbar" },
          field("As", kind),
          field("Across", across),
          field("Up", up),
        ),
        told,
        element("div", { class: "chart" }, canvas),
      );
      again();
    }

    destroy() {
      this.away?.();
      this.away = null;
    }
  };

  function drawn(canvas, told, found, kind, across, up) {
    const all = found.rows.filter((row) => row[up] && row[across]);
    const rows = all.slice(0, MOST);
    const measured = rows.every((row) => number(row[across]) !== null);
    const points = kind === "scatter" && measured;
    const few = rows.length < all.length ? `, the first ${rows.length} of ${all.length} rows` : "";
    const text = `${up} over ${across}: ${rows.length} values${few}`;
    canvas.setAttribute("aria-label", `${text}. The table has them all.`);
    told.textContent = text;
    const labels = rows.map((row) => terms.text(row[across]));
    const data = rows.map((row, at) => ({
      x: points ? number(row[across]) : at,
      y: number(row[up]),
    }));
    return plot(canvas, (colours) => ({
      type: kind === "scatter" && !measured ? "line" : kind,
      data: {
        labels: points ? undefined : labels,
        datasets: [
          {
            label: up,
            data: points ? data : data.map((point) => point.y),
            backgroundColor: colours.series[0],
            borderColor: colours.series[0],
            pointStyle: SHAPES[0],
            pointRadius: 4,
            showLine: kind === "line",
          },
        ],
      },
      options: {
        maintainAspectRatio: false,
        plugins: { legend: { display: false } },
        scales: {
          x: { title: { display: true, text: across } },
          y: { title: { display: true, text: up }, beginAtZero: kind === "bar" },
        },
      },
    }));
  }
}
