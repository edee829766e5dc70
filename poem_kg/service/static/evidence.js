// Draws the plots of the page from the tables in it. Chart.js holds the pen.

import { plot, SHAPES } from "./plots.js";
import { element } from "./results.js";

const NONE = "not reported";

/** The rows of a table: for each column the words, the figure, the unit, the years. */
function rows(figure) {
  return [...figure.querySelectorAll("tbody tr")].map((row) => {
    const cells = {};
    for (const cell of row.children) {
      const { column, number, unit, years, good } = cell.dataset;
      const empty = cell.querySelector(":scope > .kind") !== null;
      cells[column] = {
        text: empty ? "" : cell.textContent.trim(),
        number: number === undefined ? null : Number(number),
        unit: unit ?? "",
        years: years === undefined ? null : Number(years),
        good: good === "yes",
      };
    }
    return cells;
  });
}

/** Rows by what a function says of them, in the order in which it comes up. */
function grouped(all, by) {
  const groups = new Map();
  for (const row of all) {
    const key = by(row);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}

/** A text in lines of some length. */
function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines[lines.length - 1];
    if (line && line.length + word.length >= most) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines;
}

/** Adds a drawing: a heading, a remark, and a canvas that says what is on it. */
function drawing(figure, heading, remark, told, height, described) {
  let all = figure.querySelector(".drawings");
  if (!all) {
    all = element("div", { class: "drawings" });
    figure.querySelector("figcaption").after(all);
  }
  const canvas = element("canvas", { role: "img", "aria-label": `${told} The table holds them all.` });
  const room = element("div", { class: "canvas" }, canvas);
  room.style.height = `${height}px`;
  const words = heading ? [element("h3", {}, heading)] : [];
  if (remark) words.push(element("p", { class: "note" }, remark));
  all.append(element("div", { class: "drawing" }, ...words, room));
  plot(canvas, described);
}

/** What is said of one figure: with time and number of patients, always. */
function said(row) {
  return [
    `${row.outcome.text}: ${row.value.text}`,
    `when: ${row.timePoint.text}; patients counted: ${row.sampleSize.text}`,
    `${cited(row)}; ${row.verified.text}`,
  ];
}

function cited(row) {
  return row.cited.text || "no citation";
}

const tooltip = {
  displayColors: false,
  callbacks: { title: () => "", label: (item) => item.raw.said },
};

/** Colour, shape and filling: no two series of a drawing have the same shape. */
function look(colours, at, data) {
  const colour = colours.series[at % colours.series.length];
  return {
    borderColor: colour,
    pointBorderColor: colour,
    pointBorderWidth: 2,
    pointStyle: SHAPES[at % SHAPES.length],
    pointRadius: 6,
    pointHoverRadius: 8,
    pointBackgroundColor: data.map((point) => (point.good ? colour : "transparent")),
    backgroundColor: "transparent",
    clip: 12,
  };
}

/** Figures over the years; those of which no time is known stand apart, at the right edge. */
function overTime(figure) {
  const all = rows(figure).filter((row) => row.value.number !== null);
  for (const [unit, group] of grouped(all, (row) => `${row.value.unit} ${row.baselineValue.number !== null}`)) {
    const before = group.some((row) => row.baselineValue.number !== null);
    const times = group.map((row) => row.timePoint.years).filter((years) => years !== null);
    const last = Math.ceil(Math.max(0, ...times));
    const edge = last + 1;
    const unknown = group.some((row) => row.timePoint.years === null);
    const share = group[0].value.unit === "%";
    const heading = share ? "In percent" : [...new Set(group.map((row) => row.outcome.text))].join(", ");
    const series = grouped(group, (row) =>
      [row.outcome, row.therapy, row.cited, row.population, row.statistic].map((c) => c.text).join("|"),
    );
    const sources = [...new Set(group.map(cited))];
    const remark = sources.length === 1 ? `All from: ${sources[0]}` : "";
    const sets = [...series.values()].map((members) => ({
      label: members[0].outcome.text + (remark ? "" : ` (${cited(members[0])})`),
      // Else other patients may be counted each time.
      joined: new Set(members.map((row) => row.sampleSize.text)).size === 1 &&
        members[0].sampleSize.text !== NONE,
      points: members.map((row) => point(row, row.timePoint.years ?? edge, row.value)),
      starts: members
        .filter((row) => row.baselineValue.number !== null)
        .map((row) => [point(row, 0, row.baselineValue), point(row, row.timePoint.years ?? edge, row.value)]),
    }));
    const told = `${group.length} figures over time, in ${unit.split(" ")[0] || "points"}.`;
    drawing(figure, heading, remark, told, 300, (colours) => ({
      type: "scatter",
      data: {
        datasets: sets.flatMap((set, at) => [
          { label: set.label, data: set.points, showLine: set.joined, ...look(colours, at, set.points) },
          ...set.starts.map((pair) => ({
            ...look(colours, at, pair),
            label: "",
            data: pair,
            showLine: true,
            borderDash: [3, 4],
          })),
        ]),
      },
      options: {
        maintainAspectRatio: false,
        plugins: { legend: legend(), tooltip },
        scales: {
          x: {
            type: "linear",
            min: before ? -0.25 : 0,
            max: edge + 0.25 - (unknown ? 0 : 1),
            title: { display: true, text: "years" },
            ticks: { maxRotation: 0, autoSkip: false, callback: (value) => timeTick(value, before, unknown ? edge : null) },
            afterBuildTicks: (axis) => {
              axis.ticks = Array.from({ length: edge + 1 }, (_, value) => ({ value })).filter(
                ({ value }) => value <= axis.max,
              );
            },
          },
          y: {
            min: 0,
            max: share ? 100 : undefined,
            grace: share ? 0 : "10%",
            title: { display: true, text: group[0].value.unit || "points" },
          },
        },
      },
    }));
  }
}

function point(row, x, cell) {
  const told = cell === row.value ? said(row) : [`${row.outcome.text}, before: ${cell.text}`];
  return { x, y: cell.number, good: row.verified.good, said: told };
}

function timeTick(value, before, edge) {
  if (value === edge) return NONE;
  return before && value === 0 ? "before" : String(value);
}

function legend() {
  return {
    position: "bottom",
    align: "start",
    labels: { usePointStyle: true, boxWidth: 10, boxHeight: 10, filter: (item) => item.text !== "" },
  };
}

/** Shares on a logarithmic scale, a drawing for each severity scheme, all on the same scale. */
function rates(figure) {
  const all = rows(figure).filter((row) => row.value.number > 0 && row.value.unit === "%");
  const values = all.map((row) => row.value.number);
  const least = Math.floor(Math.log10(Math.min(...values)));
  const sources = [...new Set(all.map(cited))]; // a source looks the same in every drawing
  for (const [scheme, group] of grouped(all, (row) => row.scheme.text)) {
    const labels = group.map((row) => {
      const severity = row.severity.text ? ` (${row.severity.text})` : "";
      return wrapped(`${row.outcome.text}${severity}`, 24);
    });
    const series = [...grouped(group, cited)];
    const heading = scheme || "No severity scheme is stated";
    drawing(figure, heading, "", `${heading}: ${group.length} shares of patients.`, 110 + 46 * group.length, (colours) => ({
      type: "scatter",
      data: {
        datasets: series.map(([source, members]) => {
          const data = members.map((row) => ({
            x: row.value.number,
            y: group.indexOf(row),
            good: row.verified.good,
            said: said(row),
          }));
          return { label: source, data, showLine: false, ...look(colours, sources.indexOf(source), data) };
        }),
      },
      options: {
        maintainAspectRatio: false,
        plugins: { legend: legend(), tooltip },
        scales: {
          x: {
            type: "logarithmic",
            min: 10 ** least,
            max: 100,
            title: { display: true, text: "% of patients" },
            afterBuildTicks: (axis) => {
              axis.ticks = Array.from({ length: 3 - least }, (_, at) => ({ value: 10 ** (least + at) }));
            },
            ticks: { maxRotation: 0, autoSkip: false, callback: (value) => String(Number(value.toPrecision(3))) },
          },
          y: rowsAxis(labels),
        },
      },
    }));
  }
}

/** An axis with a line for each row, the first on top. */
function rowsAxis(labels) {
  return {
    type: "linear",
    reverse: true,
    min: -0.5,
    max: labels.length - 0.5,
    afterBuildTicks: (axis) => {
      axis.ticks = labels.map((_, value) => ({ value }));
    },
    ticks: { autoSkip: false, callback: (value) => labels[value] },
  };
}

/** Counts at the crossing of source and kind. */
function matrix(figure) {
  const all = rows(figure);
  const across = all[0].cited ? "cited" : "source";
  const sources = [...new Set(all.map((row) => row[across].text))];
  const kinds = [...new Set(all.map((row) => row.kind.text))].sort((a, b) => a.localeCompare(b));
  const most = Math.max(...all.map((row) => row.statements.number));
  const data = all.map((row) => ({
    x: sources.indexOf(row[across].text),
    y: kinds.indexOf(row.kind.text),
    count: row.statements.number,
    said: `${row[across].text}: ${row.kind.text}, ${row.statements.number}`,
  }));
  const heads = sources.map((source) => wrapped(source.length > 48 ? `${source.slice(0, 46)}…` : source, 14));
  const told = `${sources.length} sources and ${kinds.length} kinds of statement.`;
  drawing(figure, "", "", told, 130 + 34 * kinds.length, (colours) => ({
    type: "scatter",
    data: {
      datasets: [
        {
          data,
          backgroundColor: "transparent",
          borderColor: colours.series[0],
          pointBorderWidth: 2,
          pointRadius: data.map((point) => 9 + 6 * Math.sqrt(point.count / most)),
        },
      ],
    },
    options: {
      maintainAspectRatio: false,
      plugins: { legend: { display: false }, tooltip },
      scales: {
        x: {
          type: "linear",
          position: "top",
          min: -0.5,
          max: sources.length - 0.5,
          afterBuildTicks: (axis) => {
            axis.ticks = heads.map((_, value) => ({ value }));
          },
          ticks: { autoSkip: false, maxRotation: 0, callback: (value) => heads[value] },
        },
        y: rowsAxis(kinds.map((kind) => wrapped(kind, 24))),
      },
    },
    plugins: [{ id: "counts", afterDatasetsDraw: (chart) => counts(chart, data, colours) }],
  }));
}

/** Writes each count into its circle. */
function counts(chart, data, colours) {
  const pen = chart.ctx;
  pen.save();
  pen.fillStyle = colours.ink;
  pen.font = `12px ${colours.font}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  chart.getDatasetMeta(0).data.forEach((circle, at) => pen.fillText(data[at].count, circle.x, circle.y + 1));
  pen.restore();
}

if (window.Chart) {
  const kinds = { "over-time": overTime, rates, matrix };
  for (const figure of document.querySelectorAll("figure[data-plot]")) {
    kinds[figure.dataset.plot](figure);
  }
}
