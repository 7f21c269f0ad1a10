// Keys of the list of tasks: j and k go from task to task, x ticks one, a goes to the form that assigns.
(function () {
  "use strict";
  const rows = Array.from(document.querySelectorAll("tr[data-row]"));
  const told = document.querySelector("[data-keys]");
  let here = -1;

  function go(step) {
    if (!rows.length) { return; }
    if (here >= 0) { rows[here].classList.remove("at"); }
    here = Math.min(rows.length - 1, Math.max(0, here + step));
    rows[here].classList.add("at");
    const link = rows[here].querySelector("a");
    if (link) { link.focus({ preventScroll: true }); }
    rows[here].scrollIntoView({ block: "center" });
  }

  const deeds = {
    j: function () { go(1); },
    k: function () { go(-1); },
    x: function () {
      const box = here >= 0 ? rows[here].querySelector("input[type=checkbox]") : null;
      if (box) { box.click(); }
    },
    a: function () {
      const first = document.querySelector("#assign select, #assign input");
      if (first) { first.focus(); }
    }
  };

  if (told) { told.hidden = false; }
  document.addEventListener("keydown", function (event) {
    const target = event.target;
    const writing = target instanceof HTMLElement && (/^(SELECT|TEXTAREA)$/.test(target.tagName) || (target.tagName === "INPUT" && target.type !== "checkbox"));
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writing || document.querySelector("dialog[open]")) { return; }
    if (deeds[event.key]) { event.preventDefault(); deeds[event.key](); }
  });
})();
