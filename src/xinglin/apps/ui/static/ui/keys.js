// Keys of the whole site: "/" goes to the search field, "?" shows this help, "g h" goes home.
// A list of mistakes above a form takes the focus when the page opens.
(function () {
  "use strict";
  let before = "";

  function writing(target) {
    return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));
  }

  // Drafts that were kept in this browser are for whoever was signed in; the next one at this computer finds none.
  function forget() {
    Object.keys(window.localStorage).filter(function (key) { return key.startsWith("draft:"); })
      .forEach(function (key) { window.localStorage.removeItem(key); });
  }

  const deeds = {
    "/": function () {
      const field = document.querySelector("[role=search] input:not([type=hidden]), input[type=search]");
      if (field) { field.focus(); field.select(); }
      return Boolean(field);
    },
    "?": function () {
      const help = document.getElementById("keys");
      if (help && !help.open) { help.showModal(); }
      return Boolean(help);
    },
    "gh": function () {
      const home = document.querySelector("a.brand");
      if (home) { home.click(); }
      return Boolean(home);
    }
  };

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing(event.target)) { return; }
    const deed = deeds[before + event.key] || deeds[event.key];
    before = event.key;
    if (deed && deed()) { event.preventDefault(); before = ""; }
  });

  document.addEventListener("DOMContentLoaded", function () {
    const opener = document.getElementById("keys-open");
    if (opener) { opener.hidden = false; opener.addEventListener("click", deeds["?"]); }
    const leaving = document.getElementById("sign-out");
    if (leaving) { leaving.addEventListener("submit", forget); }
    const mistakes = document.querySelector(".summary");
    if (mistakes) { mistakes.focus(); }
  });
})();
