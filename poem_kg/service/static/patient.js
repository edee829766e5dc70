// The patient's form without reloading: a change asks for advice, and the answer takes the place of
// the form and of the advice. Nothing is stored; what was filled in is in the form alone.

const form = () => document.getElementById("patient");
let asking = null;

function today() {
  const now = new Date();
  return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
}

function open() {
  return [...document.querySelectorAll("#patient details[open]")].map((d) => d.id).filter(Boolean);
}

async function ask(pressed) {
  const sent = form();
  const data = new FormData(sent);
  if (pressed?.name) data.set(pressed.name, pressed.value);
  if (!data.get("file")?.size) data.delete("file");
  if (pressed?.name === "download") return;
  asking?.abort();
  const mine = (asking = new AbortController());
  document.body.classList.add("busy");
  try {
    const answer = await fetch(sent.action, {
      method: "POST",
      body: data,
      cache: "no-store",
      credentials: "same-origin",
      signal: mine.signal,
    });
    const text = await answer.text();
    if (asking !== mine) return;
    const type = answer.headers.get("Content-Type") ?? "";
    if (type.startsWith("text/html")) show(text);
    else tell(text || "The service did not answer; try again.");
  } catch (error) {
    if (error.name !== "AbortError") tell("The service cannot be reached; what you filled in is still here.");
  } finally {
    if (asking === mine) {
      asking = null;
      document.body.classList.remove("busy");
    }
  }
}

// Parsed as a document of its own: nothing in it runs before it is part of this one.
function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("patient");
  if (!fresh) return;
  const focused = document.activeElement?.id || document.activeElement?.name;
  const value = document.activeElement?.value;
  const opened = open();
  form().replaceWith(document.adoptNode(fresh));
  for (const name of opened) document.getElementById(name)?.setAttribute("open", "");
  document.getElementById("error")?.remove();
  const error = page.getElementById("error");
  if (error) form().before(document.adoptNode(error));
  document.getElementById("told").textContent = page.getElementById("told").textContent;
  if (focused) {
    const found = document.getElementById(focused) ??
      [...form().elements].find((e) => e.name === focused && (e.type !== "radio" || e.value === value));
    found?.focus({ preventScroll: true });
  }
  begin();
  document.dispatchEvent(new CustomEvent("advice"));
}

function tell(text) {
  let box = document.getElementById("error");
  if (!box) {
    box = document.createElement("div");
    box.id = "error";
    box.className = "notice bad";
    box.setAttribute("role", "alert");
    form().before(box);
  }
  box.textContent = text;
}

function begin() {
  const day = document.getElementById("on");
  if (day && !day.value) day.value = today();
  const search = document.querySelector(".search");
  if (search) search.hidden = false;
}

function find(words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of document.querySelectorAll("#sections .section")) {
    let any = false;
    for (const field of section.querySelectorAll(".field")) {
      const fits = wanted.every((word) => field.dataset.words.toLowerCase().includes(word));
      field.hidden = !fits;
      any ||= fits;
    }
    section.hidden = !any;
    if (wanted.length && any) section.open = true;
  }
}

document.addEventListener("submit", (event) => {
  if (event.target !== form() || event.submitter?.name === "download") return;
  event.preventDefault();
  ask(event.submitter);
});
document.addEventListener("change", (event) => {
  if (event.target.form !== form() || !/^([fd]\.|file$)/.test(event.target.name)) return;
  if (event.target.validity && !event.target.validity.valid) {
    event.target.reportValidity();
    return;
  }
  ask(null);
});
document.addEventListener("input", (event) => {
  if (event.target.id === "find-field") find(event.target.value);
});
document.addEventListener("keydown", (event) => {
  if (event.target.id === "find-field" && event.key === "Enter") event.preventDefault();
});
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  document.body.classList.remove("dropping");
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  document.getElementById("file").files = event.dataTransfer.files;
  ask(null);
});
// After Back or a reload the browser has filled the fields in again: ask again for the same.
window.addEventListener("pageshow", () => {
  begin();
  const filled = [...form().elements].some((e) => e.name.startsWith("f.") && e.value &&
    (e.type !== "radio" || e.checked) && e.type !== "hidden");
  if (filled && !document.getElementById("known")) ask(null);
});
