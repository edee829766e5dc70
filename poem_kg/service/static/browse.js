// Filters as one types: asks for the page of the search and puts its results in the place of those
// that are shown. Without this script the form asks for the same page.

const form = document.getElementById("search");
const field = form.elements.namedItem("q");
const parts = ["told", "found"];
const quiet = 200; // milliseconds without a key

let waiting;
let asking;

function addressOf(text) {
  return text ? `${form.action}?q=${encodeURIComponent(text)}` : form.action;
}

async function show() {
  const address = addressOf(field.value.trim());
  if (address === location.href.split("#")[0]) return;
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(address, { signal: asking.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of parts) {
      document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    }
    history.replaceState(null, "", address);
  } catch (error) {
    if (error.name === "AbortError") return;
    document.getElementById("told").textContent = "The search did not answer. Press Search to try again.";
  }
}

field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(show, quiet);
});
