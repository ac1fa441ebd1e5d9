// Keeps a half-typed staff form while it is typed. Without this script there is the button
// "Keep this for later". Refuses to hold anything in the browser: the computer may be shared.
const PAUSE = 3000;

function watch(form, said) {
  const address = form.querySelector("[name=keep]").formAction;
  let timer = 0;
  let changed = false;
  let leaving = false;

  function save() {
    clearTimeout(timer);
    timer = 0;
    if (!changed || leaving) return;
    changed = false;
    const typed = new URLSearchParams(new FormData(form));
    fetch(address, { method: "POST", body: typed, keepalive: true, redirect: "error" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
      .then((kept) => { said.textContent = kept.words; })
      .catch(() => {
        changed = true;
        said.textContent = said.dataset.draftFailed;
      });
  }

  form.addEventListener("input", () => {
    changed = true;
    if (!timer) timer = setTimeout(save, PAUSE);
  });
  form.addEventListener("focusout", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE / 10);
  });
  // What is sent is not kept: a save on its way would come after it.
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("pagehide", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
}

for (const said of document.querySelectorAll("[data-draft-said]")) watch(said.closest("form"), said);
