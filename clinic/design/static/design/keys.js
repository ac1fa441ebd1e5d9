// The keys of colleagues' pages; each does what a link or a box of the page does, and Tab reaches
// all of them without this script. Who speaks to the computer, or meets a key by accident, turns
// them all off on the page that names them. Refuses to answer while somebody types.
const OFF = "keys-off";
const PAUSE = 1500;
const TYPING = "input, textarea, select, [contenteditable], dialog";
const find = document.querySelector('form[role="search"] [name="query"]');
const dialog = document.querySelector("dialog#keys");
let goUntil = 0;

function step(by) {
  const rows = [...document.querySelectorAll("main tbody th a")];
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 && by < 0 ? rows.length - 1 : here + by;
  rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
}

function toFind() {
  find?.focus();
  find?.select();
}

const KEYS = {
  "/": toFind,
  "?": () => dialog?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  g: (at) => { goUntil = at + PAUSE; },
};

function meant(event) {
  if (event.timeStamp > goUntil) return KEYS[event.key];
  goUntil = 0;
  const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  return link && (() => link.click());
}

document.addEventListener("keydown", (event) => {
  const other = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
  if (other || event.key === "Shift" || OFF in localStorage || event.target.closest(TYPING)) return;
  const act = meant(event);
  if (!act) return;
  event.preventDefault();
  act(event.timeStamp);
});

for (const choice of document.querySelectorAll("[data-keys-switch]")) {
  const button = choice.querySelector("button");
  const show = () => button.setAttribute("aria-pressed", String(OFF in localStorage));
  button.addEventListener("click", () => {
    if (OFF in localStorage) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
    show();
  });
  show();
  choice.hidden = false;
}

// What a script puts in place of a list has no focus: it goes back to the words that were pressed.
let pressed = "";
const words = (one) => one.firstChild?.textContent.trim();
document.addEventListener("htmx:beforeRequest", () => { pressed = words(document.activeElement); });
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const same = [...target.querySelectorAll("a, button")].find((one) => words(one) === pressed);
  (same ?? target).focus();
});
