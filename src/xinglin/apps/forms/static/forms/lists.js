// Lists of records and definitions: narrowing while one types, ticking all, printing, moving about in the month.
(function () {
  "use strict";

  // Definitions: those that hold every typed word stay; headings without any go.
  function narrowing(input) {
    const root = document.querySelector(input.dataset.narrows);
    const told = document.querySelector("[data-found]");
    const first = document.querySelector("[data-first]");
    if (!root || !root.querySelector("[data-words]")) { return; }
    const before = told ? told.textContent : "";
    const topics = Array.from(root.querySelectorAll("details"));
    const open = topics.map(function (one) { return one.open; });

    function narrow() {
      const words = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      let number = 0;
      topics.forEach(function (topic, index) {
        let here = 0;
        topic.querySelectorAll("[data-words]").forEach(function (tile) {
          const fits = words.every(function (word) { return tile.dataset.words.toLowerCase().includes(word); });
          tile.hidden = !fits;
          here += fits ? 1 : 0;
        });
        topic.hidden = here === 0;
        topic.open = words.length ? here > 0 : open[index];
        number += here;
      });
      if (first) { first.hidden = words.length > 0; }
      if (told) { told.textContent = words.length ? "找到 " + number + " 种" + (number ? "" : "：换一个词，或把范围改成“全部”再按回车") : before; }
    }

    input.addEventListener("input", narrow);
    if (input.value) { narrow(); }
  }

  function ticking(all) {
    const boxes = Array.from(document.querySelectorAll("input[name=" + all.dataset.all + "]"));
    const told = document.querySelector("[data-picked=" + all.dataset.all + "]");
    let last = -1;

    function tell() {
      const number = boxes.filter(function (one) { return one.checked; }).length;
      all.checked = number > 0 && number === boxes.length;
      all.indeterminate = number > 0 && number < boxes.length;
      if (told) { told.textContent = number ? "已勾选 " + number + " 条" : ""; }
    }

    all.hidden = false;
    all.addEventListener("change", function () {
      boxes.forEach(function (one) { one.checked = all.checked; });
      tell();
    });
    boxes.forEach(function (box, index) {
      box.addEventListener("click", function (event) {
        if (event.shiftKey && last >= 0) {
          boxes.slice(Math.min(last, index), Math.max(last, index) + 1).forEach(function (one) { one.checked = box.checked; });
        }
        last = index;
        tell();
      });
    });
    tell();
  }

  // The month: one day takes the Tab key, arrows go from day to day, Page Up and Page Down to another month.
  function month(table) {
    const days = Array.from(table.querySelectorAll("a.day"));
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
    const here = days.find(function (one) { return one.closest(".today"); }) || days.find(function (one) { return !one.closest(".outside"); });
    const help = table.querySelector(".keys-help");
    if (help) { help.hidden = false; }

    function turn(which) {
      const link = document.querySelector("a[rel=" + which + "]");
      if (link) { link.click(); }
    }

    days.forEach(function (day, index) {
      day.tabIndex = day === here ? 0 : -1;
      day.addEventListener("keydown", function (event) {
        if (event.key === "PageUp" || event.key === "PageDown") {
          event.preventDefault();
          turn(event.key === "PageUp" ? "prev" : "next");
          return;
        }
        const step = steps[event.key];
        if (!step) { return; }
        event.preventDefault();
        const next = days[index + step];
        if (!next) { turn(step < 0 ? "prev" : "next"); return; }
        days.forEach(function (one) { one.tabIndex = -1; });
        next.tabIndex = 0;
        next.focus();
      });
    });
  }

  document.querySelectorAll("[data-narrows]").forEach(narrowing);
  document.querySelectorAll("[data-all]").forEach(ticking);
  document.querySelectorAll("[data-calendar]").forEach(month);
  document.querySelectorAll("[data-print]").forEach(function (link) {
    link.hidden = false;
    link.addEventListener("click", function (event) { event.preventDefault(); window.print(); });
  });
})();
