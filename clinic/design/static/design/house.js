// Makes better what works without it: says how much room is left in a box, shows a password while
// it is typed, copies an address. Refuses to send anything anywhere or to keep it.

const all = (chosen) => document.querySelectorAll(chosen);
const PAUSE = 1000;

// What a screen reader hears: after a pause in typing, not at each key.
function whisper(after) {
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  after.after(said);
  let timer = 0;
  return (words) => {
    clearTimeout(timer);
    timer = setTimeout(() => { said.textContent = words; }, PAUSE);
  };
}

function count(line) {
  const box = document.getElementById(line.dataset.counts);
  const say = whisper(line);
  function show() {
    const left = line.dataset.most - [...box.value.trim()].length;
    line.textContent = `${left < 0 ? line.dataset.over : line.dataset.left} ${Math.abs(left)}`;
    line.classList.toggle("over", left < 0);
  }
  box.addEventListener("input", () => { show(); say(line.textContent); });
  if (box.value) show();
}

function shows(button) {
  const box = document.getElementById(button.dataset.shows);
  function turn(shown) {
    box.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  }
  button.addEventListener("click", () => { turn(box.type === "password"); });
  // A browser offers to remember what was sent as text.
  box.form.addEventListener("submit", () => { turn(false); });
  button.hidden = false;
}

function copies(button) {
  const say = whisper(button);
  const words = button.textContent;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).href);
    button.textContent = button.dataset.done;
    say(button.dataset.done);
    setTimeout(() => { button.textContent = words; }, 4 * PAUSE);
  });
  button.hidden = !navigator.clipboard;
}

for (const line of all("[data-counts]")) count(line);
for (const button of all("[data-shows]")) shows(button);
for (const button of all("[data-copies]")) copies(button);
