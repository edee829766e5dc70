// The patient's form without reloading: a change asks for advice, and the answer takes the place of
// the form and of the advice. Nothing is stored; what was filled in is in the form alone.

const form = () => document.getElementById("patient");
let asking = null;
let asked = null;
let pointing = false;
let byKey = false;

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
  asked = data;
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
    if (type.startsWith("text/html")) show(text, data);
    else tell(text || "The service did not answer; try again.");
  } catch (error) {
    if (error.name !== "AbortError" && asking === mine)
      tell("The service cannot be reached; what you filled in is still here.");
  } finally {
    if (asking === mine) {
      asking = null;
      document.body.classList.remove("busy");
    }
  }
}

const isFact = (field) => field.form === form() && /^[fd]\./.test(field.name);

// The field that was answered moves to what is known. What stays where it is on the screen is that
// field for who uses the keyboard, and for others what followed it, where the next click will be.
function anchors() {
  const here = document.activeElement?.closest("#patient .field");
  if (!here || here.closest("#next")) return [];
  const all = [...document.querySelectorAll("#known .field, #sections .field, #sections details")]
    .filter((e) => e.id && e.offsetParent);
  const at = all.indexOf(here);
  const stays = byKey || here.closest("#known") ? all.slice(at, at + 1) : [];
  return [...stays, ...all.slice(at + 1), ...all.slice(0, at).reverse()]
    .map((e) => [e.id, e.getBoundingClientRect().top]);
}

function hold(places) {
  for (const [id, top] of places) {
    const found = document.getElementById(id);
    if (!found?.offsetParent || found.closest("#next")) continue;
    window.scrollBy({ top: found.getBoundingClientRect().top - top, behavior: "instant" });
    return;
  }
}

// What was typed while the answer was on its way is typed in the new form too.
function typed(fresh, sent) {
  for (const [name, value] of new FormData(form())) {
    const field = fresh.elements[name];
    const isText = field instanceof HTMLInputElement && field.type !== "radio";
    if (isText && /^[fd]\./.test(name) && value !== (sent.get(name) ?? "")) field.value = value;
  }
}

// Parsed as a document of its own: nothing in it runs before it is part of this one.
function show(text, sent) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("patient");
  if (!fresh) return;
  const focused = document.activeElement?.id || document.activeElement?.name;
  const value = document.activeElement?.value;
  const opened = open();
  const places = anchors();
  typed(fresh, sent);
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
  hold(places);
  document.dispatchEvent(new CustomEvent("advice"));
}

// The hint of a field is shown while one is there. It goes once the button of the
// mouse is up: before, everything below would move away from under a click.
function here() {
  const field = document.activeElement?.closest(".field");
  for (const other of document.querySelectorAll(".field.here"))
    if (other !== field) other.classList.remove("here");
  field?.classList.add("here");
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
  outdated();
}

// Advice for other answers than those beside it would look like advice for these.
function outdated() {
  const advice = document.getElementById("advice");
  const note = document.createElement("p");
  note.className = "notice warn";
  note.textContent = "There is no advice for what stands in the form now. Ask again for it.";
  advice.replaceChildren(note);
  document.getElementById("told").textContent = note.textContent;
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

document.addEventListener("pointerdown", () => {
  pointing = true;
  byKey = false;
});
for (const kind of ["pointerup", "pointercancel"])
  document.addEventListener(kind, () => setTimeout(() => {
    pointing = false;
    here();
  }));
document.addEventListener("focusin", () => {
  if (!pointing) here();
});
document.addEventListener("keydown", () => {
  byKey = true;
});
document.addEventListener("submit", (event) => {
  if (event.target !== form() || event.submitter?.name === "download") return;
  event.preventDefault();
  ask(event.submitter);
});
document.addEventListener("change", (event) => {
  if (event.target.form !== form() || !/^([fd]\.|file$)/.test(event.target.name)) return;
  if (event.target.validity && !event.target.validity.valid) {
    asking?.abort();
    outdated();
    event.target.reportValidity();
    return;
  }
  ask(null);
});
// What was typed while an answer was on its way, and has not been sent since.
document.addEventListener("focusout", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || target.type === "radio" || !asked || asking) return;
  if (isFact(target) && target.validity.valid && target.value !== (asked.get(target.name) ?? ""))
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
// After Back or a reload a browser may have filled in what the page did not bring: ask for that.
window.addEventListener("pageshow", () => {
  const refilled = [...form().elements].some((field) => isFact(field) && (
    field instanceof HTMLSelectElement
      ? [...field.options].some((option) => option.selected !== option.defaultSelected && option.value)
      : field.type === "radio" ? field.checked !== field.defaultChecked
        : field.value !== field.defaultValue));
  begin();
  if (refilled) ask(null);
});
