// Fields that are filled from a list of suggestions (see ui/picker.py): htmx brings the lines, this file gives the
// keys. The field shows words; a hidden field beside it carries the code, or what was typed if nothing was chosen.
(function () {
  "use strict";

  function enhance(input) {
    const box = input.closest(".picker");
    const list = box.querySelector("[role=listbox]");
    const status = box.querySelector("[role=status]");
    const sent = document.createElement("input");
    let active = -1;
    let waiting = false;

    sent.type = "hidden";
    sent.name = input.name;
    sent.value = input.value;
    input.removeAttribute("name");
    input.value = input.dataset.label || input.value;
    input.after(sent);
    const known = box.querySelector(".picked");
    if (known) { known.remove(); }
    const set = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    Object.keys(set).forEach(function (name) { input.setAttribute(name, set[name]); });

    function lines() {
      return Array.from(list.querySelectorAll("[role=option]:not([aria-disabled])"));
    }

    function close() {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(number) {
      const all = lines();
      active = all.length ? (number + all.length) % all.length : -1;
      all.forEach(function (line, index) { line.setAttribute("aria-selected", String(index === active)); });
      if (active < 0) { input.removeAttribute("aria-activedescendant"); return; }
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }

    function pick(line) {
      input.value = line.dataset.label;
      sent.value = line.dataset.value;
      status.textContent = "已选" + line.dataset.label;
      close();
      const chosen = { value: line.dataset.value, label: line.dataset.label, clear: empty };
      input.dispatchEvent(new CustomEvent("picker:chosen", { bubbles: true, detail: chosen }));
    }

    function empty() {
      input.value = "";
      sent.value = "";
    }

    function ask() {
      waiting = true;
      window.htmx.trigger(input, "picker:open");
    }

    const keys = {
      ArrowDown: function () { if (list.hidden) { ask(); } else { mark(active + 1); } return true; },
      ArrowUp: function () { if (!list.hidden) { mark(active - 1); } return !list.hidden; },
      Enter: function () {
        const all = lines();
        if (!list.hidden && all[active]) { pick(all[active]); return true; }
        return waiting;
      },
      Escape: function () { const open = !list.hidden; close(); return open; },
      Tab: function () {
        const all = lines();
        if (!list.hidden && all.length === 1 && input.value) { pick(all[0]); }
        return false;
      }
    };

    input.addEventListener("htmx:configRequest", function (event) {
      const untouched = sent.value !== input.value;
      event.detail.parameters.q = untouched ? "" : input.value;
    });
    input.addEventListener("input", function () {
      sent.value = input.value;
      waiting = Boolean(input.value);
      if (!input.value) { close(); }
    });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) { return; }
      const deed = keys[event.key];
      if (deed && deed()) { event.preventDefault(); event.stopPropagation(); }
    });
    // A choice is replaced as a whole: its words are no text to be typed on.
    ["focus", "click"].forEach(function (name) {
      input.addEventListener(name, function () { if (sent.value !== input.value) { input.select(); } });
    });
    input.addEventListener("blur", close);
    list.addEventListener("mousedown", function (event) { event.preventDefault(); });
    list.addEventListener("click", function (event) {
      const line = event.target.closest("[role=option]:not([aria-disabled])");
      if (line) { pick(line); }
    });
    list.addEventListener("htmx:afterSwap", function () {
      waiting = false;
      if (document.activeElement !== input) { close(); return; }
      list.querySelectorAll("[role=option]").forEach(function (line, index) { line.id = list.id + "-" + index; });
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      mark(0);
      const all = lines();
      status.textContent = all.length ? all.length + " 项可选，用上下键和回车选择" : list.textContent;
    });
    ["htmx:responseError", "htmx:sendError"].forEach(function (name) {
      input.addEventListener(name, function () {
        waiting = false;
        close();
        status.textContent = "现在查不了，请直接写代码或全称";
      });
    });
    if (document.activeElement === input && input.value === sent.value && input.value) { ask(); }
  }

  document.addEventListener("htmx:load", function (event) {
    event.detail.elt.querySelectorAll(".picker > input[data-label][name]").forEach(enhance);
  });
})();
