// The form of a visit: keys, rows for herbs as they are needed, the check while one writes, offers of the check.
// Runs before forms.js, so that rows of a draft kept in this browser are there when it fills them.
(function () {
  "use strict";
  const form = document.getElementById("visit");
  if (!form) { return; }
  const most = Number(form.dataset.herbs);
  // What every field needs to be filled from a list is the same: it is not sent with each.
  function equip() {
    form.querySelectorAll(".picker > input[data-label]:not([hx-get])").forEach(function (input) {
      const from = input.dataset.from || input.closest("[data-from]").dataset.from;
      const list = document.createElement("ul");
      const status = document.createElement("span");
      list.id = input.id + "-list";
      list.hidden = true;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "可选的");
      status.className = "sr";
      status.setAttribute("role", "status");
      input.after(list, status);
      const told = { "hx-get": from, "hx-trigger": "input delay:90ms, picker:open", "hx-target": "#" + list.id, "hx-sync": "this:replace" };
      Object.keys(told).forEach(function (name) { input.setAttribute(name, told[name]); });
    });
  }

  equip();
  document.body.addEventListener("htmx:afterSwap", function (event) { if (event.target.id === "orders") { equip(); offers(); } });
  // What may be written several times: where it stands, how often at most, an empty one.
  const kinds = { herb: [".herbs tbody", ".herbs tbody tr", most], patent: ["#patents", ".patent", Number(form.dataset.patents)], technique: ["#techniques", ".technique", Number(form.dataset.techniques)] };
  const empties = {};
  Object.keys(kinds).forEach(function (kind) { const all = form.querySelectorAll(kinds[kind][1]); empties[kind] = all[all.length - 1].cloneNode(true); });
  let timer = 0;

  // What is put in by one step comes back as a new grid: it is looked for each time.
  function rows() { return Array.from(form.querySelector(".herbs tbody").rows); }

  function fields(row) { return Array.from(row.querySelectorAll("input[type=text]")); }

  // One more of a kind, empty, its names counted on; null where there may be no more.
  function add(kind) {
    const at = form.querySelectorAll(kinds[kind][1]).length;
    if (at >= kinds[kind][2]) { return null; }
    const row = empties[kind].cloneNode(true);
    row.classList.remove("bad");
    if (row.cells) { row.cells[0].textContent = String(at + 1); }
    row.querySelectorAll(".errors").forEach(function (one) { one.remove(); });
    row.querySelectorAll(".bad").forEach(function (one) { one.classList.remove("bad"); });
    row.querySelectorAll("*").forEach(function (one) {
      ["id", "name", "for", "hx-target"].forEach(function (name) {
        if (one.hasAttribute(name)) { one.setAttribute(name, one.getAttribute(name).replace(/_\d+/, "_" + at)); }
      });
      if (one.hasAttribute("aria-label")) { one.setAttribute("aria-label", one.getAttribute("aria-label").replace(/\d+/, String(at + 1))); }
      if (one.tagName === "INPUT") { one.value = ""; one.setAttribute("value", ""); if ("label" in one.dataset) { one.dataset.label = ""; } }
      if (one.tagName === "SELECT") { one.selectedIndex = 0; }
    });
    form.querySelector(kinds[kind][0]).append(row);
    if (window.htmx) { window.htmx.process(row); }
    offers();
    return row;
  }

  // A button for one more stands there while there may be one more.
  function offers() {
    form.querySelectorAll("[data-more]").forEach(function (button) {
      const kind = kinds[button.dataset.more];
      button.hidden = form.querySelectorAll(kind[1]).length >= kind[2];
    });
  }

  // Rows that a draft kept in this browser needs.
  const left = window.localStorage.getItem("draft:" + form.dataset.who + ":" + form.dataset.draft);
  if (left) {
    JSON.parse(left).entries.forEach(function (pair) {
      const found = pair[1] && /^(herb|patent|technique)_(\d+)$/.exec(pair[0]);
      while (found && form.querySelectorAll(kinds[found[1]][1]).length <= Number(found[2]) && add(found[1])) { /* one more */ }
    });
  }
  offers();

  function seen(element) { return element.offsetParent !== null && !element.disabled; }

  function next(element) {
    const all = Array.from(form.querySelectorAll("input[type=text], input[type=password], select, textarea, button[name=action]")).filter(seen);
    const at = all.indexOf(element);
    if (at >= 0 && all[at + 1]) { all[at + 1].focus(); }
  }

  // In the grid, Enter goes down the column of grams; from a herb to its grams; from the last grams to the next herb.
  function down(input) {
    const row = input.closest("tr");
    const all = rows();
    const cells = fields(row);
    if (cells.indexOf(input) === 0) { cells[1].focus(); cells[1].select(); return; }
    let after = all[all.indexOf(row) + 1];
    if (!after) { after = add("herb"); }
    if (!after) { next(input); return; }
    const to = fields(after);
    const target = to[0].value ? to[1] : to[0];
    target.focus();
    target.select();
  }

  function grams() {
    const first = rows().map(fields).find(function (cells) { return cells[0].value; });
    if (first) { first[1].focus(); first[1].select(); }
  }

  function another() {
    let row = rows().find(function (one) { return !fields(one)[0].value; });
    if (!row) { row = add("herb"); }
    if (row) { fields(row)[0].focus(); }
  }

  // Knowledge at hand: brought when it is opened, and anew when a diagnosis changes while it is open. Where it stands
  // beside the prescription (two columns), a diagnosis that is chosen opens it.
  const hand = document.getElementById("hand");

  function look() { if (hand.open) { window.htmx.trigger("#hand-body", "hand:open"); } }

  function fold() {
    hand.open = !hand.open;
    hand.querySelector("summary").focus();
  }

  hand.addEventListener("toggle", look);
  document.getElementById("diagnosis").addEventListener("picker:chosen", function () {
    if (!hand.open && window.matchMedia("(min-width: 1100px)").matches) { hand.open = true; } else { look(); }
  });

  // A value into a field of the form; into one that is filled from a list, the code with its words.
  function put(id, key, name) {
    const input = document.getElementById(id);
    const sent = input.parentElement.querySelector("input[type=hidden]");
    input.value = name;
    if (sent) { sent.value = key; }
    input.dispatchEvent(new Event("change", { bubbles: true }));
    look();
  }

  const deeds = { h: grams, a: another, k: fold };

  form.addEventListener("keydown", function (event) {
    if (event.isComposing || event.defaultPrevented) { return; }
    if (event.altKey && deeds[event.key.toLowerCase()]) { event.preventDefault(); deeds[event.key.toLowerCase()](); return; }
    if (event.key !== "Enter") { return; }
    if (event.ctrlKey || event.metaKey) { event.preventDefault(); document.getElementById("sign").click(); return; }
    const target = event.target;
    if (target.matches("input:not([type=checkbox])")) {
      event.preventDefault();
      if (target.closest(".herbs")) { down(target); } else { next(target); }
    }
  });

  function ask() {
    window.clearTimeout(timer);
    timer = window.setTimeout(function () { window.htmx.trigger("#f_check", "visit:check"); }, 350);
  }

  form.addEventListener("picker:chosen", function (event) {
    if (event.target.id === "f_fill") { window.setTimeout(function () { document.getElementById("fill").click(); }, 0); return; }
    if (event.target.closest(".herbs")) { down(event.target); ask(); }
  });
  form.addEventListener("change", function (event) {
    if (event.target.closest("#herbs, .patent, .small-fields") && event.target.id !== "f_fill" && !event.target.closest("#f_check")) { ask(); }
  });
  // The new grid is there: on to the grams, unless one is still reading what is at hand.
  document.body.addEventListener("htmx:afterSettle", function (event) {
    if (event.detail.target.id !== "orders" && event.target.id !== "orders") { return; }
    const now = document.activeElement;
    if (!now || now === document.body || now.id === "fill") { grams(); }
  });
  form.addEventListener("click", function (event) {
    const into = event.target.closest("[data-into]");
    if (into) { put(into.dataset.into, into.dataset.key, into.dataset.name); return; }
    const more = event.target.closest("[data-more]");
    if (more) { const row = add(more.dataset.more); if (row) { fields(row)[0].focus(); } return; }
    const words = event.target.closest("[data-reason]");
    if (words) {
      const reason = document.getElementById(words.dataset.reason);
      reason.value = words.textContent.trim();
      reason.focus();
      return;
    }
    const offer = event.target.closest("[data-offer]");
    if (!offer) { return; }
    const written = rows().filter(function (row) { return fields(row)[0].value; });
    const row = written[Number(offer.dataset.line)];
    if (!row) { return; }
    const cell = fields(row)[{ herb: 0, grams: 1, decoction: 2 }[offer.dataset.field]];
    cell.value = offer.dataset.offer;
    const sent = cell.parentElement.querySelector("input[type=hidden]");
    if (sent) { sent.value = offer.dataset.offer; }
    cell.dispatchEvent(new Event("change", { bubbles: true }));
    cell.focus();
  });
})();
