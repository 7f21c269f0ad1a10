"use strict";
// Keys and marks on top of links that work without them.
(() => {
  const entries = () => [...document.querySelectorAll("article")].filter((one) => one.offsetParent !== null);
  let current = null;

  const go = (entry) => {
    if (!entry) return;
    document.querySelectorAll(".current").forEach((one) => one.classList.remove("current"));
    current = entry;
    entry.classList.add("current");
    entry.scrollIntoView({ block: "nearest" });
    entry.focus({ preventScroll: true });
    const quoted = [...document.querySelectorAll("mark")].filter((one) => one.dataset.entries.split(" ").includes(entry.id));
    quoted.forEach((one) => one.classList.add("current"));
    if (quoted.length) quoted[0].scrollIntoView({ block: "center" });
  };

  const step = (by) => {
    const all = entries();
    const at = all.indexOf(current);
    go(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  };

  const nextDoubtful = () => {
    const all = entries();
    const after = all.slice(all.indexOf(current) + 1);
    go(after.find((one) => one.classList.contains("doubtful")) || all.find((one) => one.classList.contains("doubtful")));
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, summary")) return;
    const key = event.key.toLowerCase();
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "d") nextDoubtful();
    else if (key === "e") go(current);
    else if (key === "enter" && current && event.target === current) current.querySelector(".places a")?.focus();
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const mark = event.target.closest("mark");
    if (link && link.classList.contains("label")) go(document.getElementById(link.hash.slice(1)));
    else if (mark) go(document.getElementById(mark.dataset.entries.split(" ")[0]));
    else if (!link && event.target.closest("article") && !event.target.closest("summary")) go(event.target.closest("article"));
  });
})();
