// The forms of wellness: one digit for a question, progress, grades that a measurement gives, all said at once.
(function () {
  "use strict";
  const form = document.getElementById("wellness");
  if (!form) { return; }
  const questions = Array.from(form.querySelectorAll(".questions .question"));
  const bar = document.getElementById("answered");

  function radios(question) { return Array.from(question.querySelectorAll("input[type=radio]")); }
  function chosen(question) { return radios(question).find(function (one) { return one.checked; }); }

  function count() {
    if (!bar) { return; }
    const number = questions.filter(chosen).length;
    bar.value = number;
    document.getElementById("answered-words").textContent = "已答 " + number + "/" + questions.length + " 题";
  }

  function go(question) {
    if (!question) { document.getElementById("sign").focus(); return; }
    (chosen(question) || radios(question)[0]).focus({ preventScroll: true });
    question.scrollIntoView({ block: "center" });
  }

  function here(target) {
    const own = target.closest(".questions .question");
    return own || (target.closest("input, textarea, select, button, a") ? null : questions.find(function (one) { return !chosen(one); }));
  }

  function answer(question, grade) {
    const radio = radios(question).find(function (one) { return one.value === grade; });
    if (!radio) { return; }
    radio.checked = true;
    question.classList.remove("bad");
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    go(questions[questions.indexOf(question) + 1]);
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.defaultPrevented || event.altKey) { return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); document.getElementById("sign").click(); return; }
    if (event.ctrlKey || event.metaKey) { return; }
    const target = event.target;
    if (event.key === "Enter" && target.closest("#wellness") && target.matches("input[type=text], input[type=date], input[type=radio]")) {
      event.preventDefault();
      const all = Array.from(form.querySelectorAll(".small-fields input"));
      const next = all[all.indexOf(target) + 1];
      if (all.includes(target) && next) { next.focus(); } else { go(questions.find(function (one) { return !chosen(one); })); }
      return;
    }
    const question = here(target);
    if (!question) { return; }
    if (/^[1-5]$/.test(event.key)) { event.preventDefault(); answer(question, event.key); }
    if (event.key === "Backspace") { event.preventDefault(); go(questions[Math.max(0, questions.indexOf(question) - 1)]); }
  });

  // A measurement gives the grade of its question; an answer that stands already is not overwritten, both are shown.
  function number(name) {
    const field = form.elements[name];
    const value = field ? Number(field.value.replace("．", ".")) : NaN;
    return field && field.value.trim() && value >= 0 ? value : null;
  }

  function measured(name) {
    if (name !== "bmi") { return number(name); }
    const height = number("height_cm"), weight = number("weight_kg");
    return height && weight ? weight / Math.pow(height / 100, 2) : null;
  }

  function measure(question) {
    const value = measured(question.dataset.measure);
    const told = question.querySelector(".graded");
    if (value === null) { told.textContent = ""; return; }
    const rule = JSON.parse(question.dataset.rule);
    const graded = rule.whole ? Math.floor(value + 0.5) : value;
    const grade = rule.steps.filter(function (step) { return graded >= step[0]; }).pop()[1];
    told.textContent = "测量 " + (Math.round(value * 10) / 10) + "，应为 " + grade + " 分";
    if (!chosen(question)) {
      radios(question).find(function (one) { return one.value === String(grade); }).checked = true;
      count();
    }
  }

  const measuring = questions.filter(function (one) { return one.dataset.measure; });
  form.addEventListener("change", function (event) {
    count();
    if (event.target.closest(".small-fields")) { measuring.forEach(measure); }
  });
  measuring.forEach(measure);

  form.addEventListener("click", function (event) {
    const all = event.target.closest("[data-tick]"), asked = event.target.closest("[data-tick-asked]");
    if (!all && !asked) { return; }
    const boxes = all ? form.querySelectorAll('input[name="' + all.dataset.tick + '"]') : form.querySelectorAll("[data-asked]");
    boxes.forEach(function (one) { one.checked = true; });
    boxes[0].dispatchEvent(new Event("change", { bubbles: true }));
  });

  count();
  if (questions.length && !document.querySelector(".summary, #notice")) { go(questions.find(function (one) { return !chosen(one); })); }
  const fault = document.querySelector(".questions .question.bad");
  if (fault && !document.getElementById("notice")) { go(fault); }
  window.addEventListener("load", count);
})();
