// Charts (see ui/figures.py): the page holds the description, Vega draws it. Vega is fetched only where there is a
// chart, and evaluates expressions with its interpreter, since the content policy allows no eval (ADR 0017).
(function () {
  "use strict";

  const vega = document.currentScript.dataset.vega;
  const options = {
    ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: { disableDefaultStyle: true },
  };
  let loaded = null;

  function load() {
    loaded = loaded || new Promise(function (done, failed) {
      const script = document.createElement("script");
      script.src = vega;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    return loaded;
  }

  async function outlines(spec, address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) { throw new Error(address + " " + answer.status); }
    spec.datasets.outlines = (await answer.json()).features;
  }

  // Without Vega the server's own picture stands in.
  function picture(figure, canvas) {
    const image = document.createElement("img");
    image.src = figure.dataset.picture;
    image.alt = canvas.getAttribute("aria-label");
    canvas.replaceWith(image);
  }

  async function draw(figure) {
    figure.removeAttribute("data-chart");
    const canvas = figure.querySelector(".canvas");
    const drawn = document.createElement("div");
    try {
      const spec = JSON.parse(figure.querySelector("template").content.textContent);
      await Promise.all([load(), figure.dataset.outlines ? outlines(spec, figure.dataset.outlines) : null]);
      await window.xinglinDraw(drawn, spec, options);
      drawn.querySelector("svg").setAttribute("aria-hidden", "true"); // named by the canvas, told by the table
      canvas.replaceChildren(drawn);
    } catch (error) {
      picture(figure, canvas);
    }
    figure.dataset.drawn = "";
  }

  function all(root) {
    root.querySelectorAll("figure[data-chart]").forEach(draw);
  }

  all(document);
  document.addEventListener("htmx:afterSettle", function () { all(document); });
}());
