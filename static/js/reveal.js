/* input[data-reveal="id"]: the element with that id shows only while the box is ticked or the choice taken. */
(function () {
  function show() {
    document.querySelectorAll("[data-reveal]").forEach(function (input) {
      document.getElementById(input.getAttribute("data-reveal")).hidden = !input.checked;
    });
  }
  document.addEventListener("change", show);
  document.addEventListener("htmx:after:swap", show);
  show();
})();
