// The button of a paper opens the browser's printing.
(function () {
  "use strict";
  const button = document.getElementById("print");
  if (button) { button.addEventListener("click", function () { window.print(); }); }
})();
