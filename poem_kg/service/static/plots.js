// What the plots share: the colours and letters of the page, drawn anew where its scheme changes.

/** The colours of the style sheet as they are now. */
export function tokens() {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: token("ink"),
    soft: token("soft"),
    line: token("line"),
    series: ["link", "mark", "good", "ours", "bad", "warn"].map(token),
    font: token("text"),
  };
}

/** Shapes of points, so that colour alone tells nothing. */
export const SHAPES = ["circle", "triangle", "rect", "rectRot", "star", "crossRot"];

/**
 * Draw a plot, and again whenever the page turns light or dark.
 *
 * @param {HTMLCanvasElement} canvas where
 * @param {(colours: ReturnType<typeof tokens>) => object} described the plot, as Chart.js reads it
 * @returns {() => void} takes it away
 */
export function plot(canvas, described) {
  const { Chart } = window;
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  let chart = null;
  const draw = () => {
    chart?.destroy();
    const colours = tokens();
    Chart.defaults.font.family = colours.font;
    Chart.defaults.color = colours.soft;
    Chart.defaults.borderColor = colours.line;
    Chart.defaults.animation = false;
    chart = new Chart(canvas, described(colours));
  };
  draw();
  scheme.addEventListener("change", draw);
  return () => {
    scheme.removeEventListener("change", draw);
    chart?.destroy();
  };
}
