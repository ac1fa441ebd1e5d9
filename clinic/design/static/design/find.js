// The key "/" goes to the box that finds a person on the phone; without this script Tab does.
// Who speaks to the computer, or meets "/" by accident, turns it off on the page of answers.
"use strict";

(() => {
  const OFF = "find-key-off";
  const typing = "input, textarea, select, [contenteditable]";
  const box = document.querySelector('form[role="search"] [name="query"]');
  const choice = document.querySelector("[data-find-key]");

  function show(button) {
    button.setAttribute("aria-pressed", String(OFF in localStorage));
  }

  document.addEventListener("keydown", (event) => {
    const other = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
    if (event.key !== "/" || other || OFF in localStorage || event.target.closest(typing)) return;
    event.preventDefault();
    box.focus();
    box.select();
  });

  if (choice) {
    const button = choice.querySelector("button");
    button.addEventListener("click", () => {
      if (OFF in localStorage) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "1");
      show(button);
    });
    show(button);
    choice.hidden = false;
  }
})();
