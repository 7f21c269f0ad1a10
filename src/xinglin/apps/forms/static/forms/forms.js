// Forms of records: fields that are asked for only in some cases, drafts that are kept while one types, lists of several.
// The conditions are those of xinglin.records.conditions; the server decides, this only hides what it would empty.
(function () {
  "use strict";
  const PREFIX = "draft:";

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
      const box = part.closest(".field") || part;
      box.hidden = !holds(form, JSON.parse(part.dataset.when));
    });
  }

  // Drafts: sent to the server while one types; without a connection kept in this browser, but for personal fields.
  function drafts(form) {
    const address = form.dataset.draft;
    const told = form.querySelector(".saved");
    const key = PREFIX + form.dataset.who + ":" + address;
    const hidden = new Set((form.dataset.private || "").split(" ").concat(["csrfmiddlewaretoken", "once", "revision"]));
    let timer = 0;
    let changed = false;
    let sending = false;

    function body() {
      const data = new FormData(form);
      Array.from(data.keys()).forEach(function (name) { if (name.endsWith("__file")) { data.delete(name); } });
      return data;
    }

    function keep() {
      const entries = Array.from(body().entries()).filter(function (pair) { return !hidden.has(pair[0]) && typeof pair[1] === "string"; });
      const labels = {};
      form.querySelectorAll(".picker > input[role=combobox]").forEach(function (input) {
        const sent = input.parentElement.querySelector("input[type=hidden]");
        if (sent && sent.name) { labels[sent.name] = input.value; }
      });
      form.querySelectorAll(".many > .chosen > li").forEach(function (line) { labels[line.dataset.value] = line.dataset.label; });
      try {
        window.localStorage.setItem(key, JSON.stringify({ entries: entries, labels: labels }));
        told.textContent = "连不上服务器，草稿存在这台电脑上（不含个人信息和文件）；连上后会自动补存";
      } catch {
        told.textContent = "连不上服务器，这台电脑也存不下草稿：请不要关闭这一页";
      }
    }

    function send() {
      if (!changed || sending) { return; }
      sending = true;
      changed = false;
      window.clearTimeout(timer);
      fetch(address, { method: "POST", body: body(), credentials: "same-origin" }).then(function (answer) {
        if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
        return answer.json();
      }).then(function (answer) {
        sending = false;
        window.localStorage.removeItem(key);
        told.textContent = "草稿已存 " + answer.saved;
        if (changed) { later(1500); }
      }).catch(function () {
        sending = false;
        changed = true;
        keep();
        later(20000);
      });
    }

    function later(milliseconds) {
      window.clearTimeout(timer);
      timer = window.setTimeout(send, milliseconds);
    }

    function noted() { changed = true; later(1500); }

    form.addEventListener("input", noted);
    form.addEventListener("change", noted);
    window.addEventListener("online", send);
    document.addEventListener("visibilitychange", function () { if (document.hidden) { send(); } });
    form.addEventListener("submit", function (event) {
      if (navigator.onLine === false) {
        event.preventDefault();
        keep();
        told.textContent = "现在没有网络，还没有保存；草稿存在这台电脑上（不含个人信息和文件），连上后再点保存";
        return;
      }
      window.clearTimeout(timer);
      changed = false;
      window.localStorage.removeItem(key);
    });

    const left = window.localStorage.getItem(key);
    if (left) {
      restore(form, JSON.parse(left));
      told.textContent = "这台电脑上有一份没有送出的草稿，已填入";
      noted();
      send();
    }
  }

  function fields(form, name) { return Array.from(form.elements).filter(function (one) { return one.name === name; }); }

  // Runs before the pickers are made ready: their inputs still carry the name, and take the code and its words.
  function restore(form, left) {
    const values = {};
    left.entries.forEach(function (pair) { (values[pair[0]] = values[pair[0]] || []).push(pair[1]); });
    Object.keys(values).forEach(function (name) {
      fields(form, name).forEach(function (field) {
        const box = field.closest(".many");
        if (field.type === "checkbox" || field.type === "radio") { field.checked = values[name].includes(field.value); }
        else if (field.type === "hidden" && box) { several_from(box, values[name][0], left.labels); }
        else if (field.type !== "hidden") {
          field.value = values[name][0];
          if ("label" in field.dataset) { field.dataset.label = left.labels[name] || values[name][0]; }
        }
      });
    });
    form.querySelectorAll("details.more").forEach(function (part) { part.open = true; });
  }

  function several_from(box, joined, labels) {
    const list = box.querySelector(".chosen");
    box.querySelector("input[type=hidden]").value = joined;
    list.replaceChildren();
    joined.split(box.dataset.joined).filter(Boolean).forEach(function (id) { list.append(line(id, labels[id] || id)); });
  }

  function line(id, label) {
    const made = document.createElement("li");
    made.dataset.value = id;
    made.dataset.label = label;
    made.textContent = label;
    return made;
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

    function button(made) {
      const off = document.createElement("button");
      off.type = "button";
      off.className = "plain";
      off.textContent = "×";
      off.setAttribute("aria-label", "移除" + made.dataset.label);
      off.addEventListener("click", function () {
        keep(ids().filter(function (one) { return one !== made.dataset.value; }));
        made.remove();
        input.focus();
      });
      made.append(" ", off);
    }

    Array.from(list.children).forEach(function (one) { one.dataset.label = one.dataset.label || one.textContent; button(one); });
    box.addEventListener("picker:chosen", function (event) {
      const id = event.detail.value;
      if (!ids().includes(id)) {
        const made = line(id, event.detail.label);
        list.append(made);
        button(made);
        keep(ids().concat([id]));
      }
      event.detail.clear();
    });
  }

  // A second click on the way does no harm: only the first is sent.
  function once(form) {
    let sent = false;
    form.addEventListener("submit", function (event) {
      if (event.defaultPrevented) { return; }
      if (sent) { event.preventDefault(); return; }
      sent = true;
      window.setTimeout(function () { sent = false; }, 5000);
    });
    window.addEventListener("pageshow", function () { sent = false; });
  }

  document.querySelectorAll("form").forEach(function (form) {
    if (form.dataset.draft) { drafts(form); }
    if (form.querySelector("[data-when]")) {
      form.addEventListener("input", function () { conditions(form); });
      form.addEventListener("change", function () { conditions(form); });
      conditions(form);
    }
    if (form.method === "post") { once(form); }
    if (form.dataset.dropDraft) {
      form.addEventListener("submit", function () {
        Object.keys(window.localStorage).filter(function (key) { return key.startsWith(PREFIX) && key.endsWith(":" + form.dataset.dropDraft); })
          .forEach(function (key) { window.localStorage.removeItem(key); });
      });
    }
  });
  document.querySelectorAll(".many").forEach(several);
})();
