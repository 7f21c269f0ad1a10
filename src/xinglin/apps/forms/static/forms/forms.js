// Forms of records: fields that are asked for only in some cases, drafts that are kept while one types, lists of several.
// The conditions are those of xinglin.records.conditions; the server decides, this only hides what it would empty.
(function () {
  "use strict";

  function value(form, name) {
    const all = Array.from(form.elements).filter(function (one) { return one.name === name; });
    if (!all.length) { return ""; }
    const boxes = all.filter(function (one) { return one.type === "checkbox" || one.type === "radio"; });
    if (boxes.length) {
      const chosen = boxes.filter(function (one) { return one.checked; }).map(function (one) { return one.value; });
      return boxes[0].type === "radio" ? (chosen[0] || "") : chosen;
    }
    return all[all.length - 1].value;
  }

  function given(found) { return Array.isArray(found) ? found.length > 0 : found !== "" && found !== undefined; }

  function same(found, wanted) {
    if (typeof wanted === "boolean") { return found === String(wanted); }
    if (typeof wanted === "number") { return Number(found) === wanted; }
    return found === String(wanted);
  }

  function ordered(found, other, test) {
    const left = Number(found), right = Number(other);
    const numbers = !Number.isNaN(left) && !Number.isNaN(right);
    return numbers ? test(left, right) : test(found > other ? 1 : found < other ? -1 : 0, 0);
  }

  const orders = {
    at_least: function (a, b) { return a >= b; },
    more_than: function (a, b) { return a > b; },
    at_most: function (a, b) { return a <= b; },
    less_than: function (a, b) { return a < b; },
  };

  function holds(form, rule) {
    if (rule.all) { return rule.all.every(function (one) { return holds(form, one); }); }
    if (rule.any) { return rule.any.some(function (one) { return holds(form, one); }); }
    if (rule.not) { return !holds(form, rule.not); }
    const found = value(form, rule.field);
    if ("given" in rule) { return given(found) === rule.given; }
    if (!given(found)) { return false; }
    if ("is" in rule) { return same(found, rule.is); }
    if ("is_not" in rule) { return !same(found, rule.is_not); }
    if ("in" in rule) { return rule.in.some(function (one) { return same(found, one); }); }
    if ("has" in rule) { return Array.isArray(found) ? found.includes(rule.has) : found.split("；").includes(rule.has); }
    const name = Object.keys(orders).find(function (one) { return one in rule; });
    const right = rule[name];
    const other = right !== null && typeof right === "object" ? value(form, right.field) : right;
    return given(other) && ordered(found, other, orders[name]);
  }

  function conditions(form) {
    form.querySelectorAll("[data-when]").forEach(function (part) {
      const box = part.classList.contains("field") ? part : (part.closest(".field") || part);
      box.hidden = !holds(form, JSON.parse(part.dataset.when));
    });
  }

  function drafts(form) {
    const address = form.dataset.draft;
    const told = form.querySelector(".saved");
    const key = "draft:" + address;
    let timer = 0;
    let changed = false;
    if (!address) { return; }

    function body() {
      const data = new FormData(form);
      Array.from(data.keys()).forEach(function (name) { if (name.endsWith("__file")) { data.delete(name); } });
      return data;
    }

    function send() {
      if (!changed) { return; }
      const data = body();
      fetch(address, { method: "POST", body: data, credentials: "same-origin" }).then(function (answer) {
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.json();
      }).then(function (answer) {
        changed = false;
        window.localStorage.removeItem(key);
        told.textContent = "草稿已存 " + answer.saved;
      }).catch(function () {
        window.localStorage.setItem(key, JSON.stringify(Array.from(data.entries())));
        told.textContent = "连不上服务器，草稿存在这台电脑上；连上后会自动补存";
      });
    }

    form.addEventListener("input", function () {
      changed = true;
      window.clearTimeout(timer);
      timer = window.setTimeout(send, 1500);
    });
    form.addEventListener("change", function () { changed = true; });
    window.addEventListener("online", send);
    document.addEventListener("visibilitychange", function () { if (document.hidden) { send(); } });

    const left = window.localStorage.getItem(key);
    if (left) {
      told.textContent = "这台电脑上有一份没有送出的草稿，已填入";
      JSON.parse(left).forEach(function (pair) {
        const field = Array.from(form.elements).find(function (one) { return one.name === pair[0] && one.type !== "hidden"; });
        if (!field || pair[0] === "csrfmiddlewaretoken") { return; }
        if (field.type === "checkbox") {
          Array.from(form.elements).forEach(function (one) { if (one.name === pair[0] && one.value === pair[1]) { one.checked = true; } });
        } else { field.value = pair[1]; }
      });
      changed = true;
      conditions(form);
      send();
    }
  }

  // A picker of several: what is chosen becomes a line with a button to take it off; ids are kept in a hidden field.
  function several(box) {
    const kept = box.querySelector("input[type=hidden]");
    const list = box.querySelector(".chosen");
    const input = box.querySelector(".picker input[type=text]");
    const sign = box.dataset.joined;

    function ids() { return kept.value.split(sign).filter(Boolean); }

    function keep(all) {
      kept.value = all.join(sign);
      kept.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function button(line) {
      const off = document.createElement("button");
      off.type = "button";
      off.className = "plain";
      off.textContent = "×";
      off.setAttribute("aria-label", "移除" + line.textContent);
      off.addEventListener("click", function () {
        keep(ids().filter(function (one) { return one !== line.dataset.value; }));
        line.remove();
        input.focus();
      });
      line.append(" ", off);
    }

    Array.from(list.children).forEach(button);
    box.addEventListener("picker:chosen", function (event) {
      const id = event.detail.value;
      if (!ids().includes(id)) {
        const line = document.createElement("li");
        line.dataset.value = id;
        line.textContent = event.detail.label;
        list.append(line);
        button(line);
        keep(ids().concat([id]));
      }
      event.detail.clear();
    });
  }

  document.querySelectorAll("form").forEach(function (form) {
    if (form.querySelector("[data-when]")) {
      form.addEventListener("input", function () { conditions(form); });
      form.addEventListener("change", function () { conditions(form); });
      conditions(form);
    }
    if (form.classList.contains("record-form")) { drafts(form); }
  });
  document.querySelectorAll(".many").forEach(several);
  document.querySelectorAll("[data-all]").forEach(function (box) {
    box.hidden = false;
    box.addEventListener("change", function () {
      document.querySelectorAll("input[name=" + box.dataset.all + "]").forEach(function (one) { one.checked = box.checked; });
    });
  });
  document.querySelectorAll("[data-print]").forEach(function (link) {
    link.hidden = false;
    link.addEventListener("click", function (event) { event.preventDefault(); window.print(); });
  });
})();
