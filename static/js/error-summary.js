/* [data-error-summary]: takes focus when the page or a swapped part brings it; its links put the cursor into the field. */
(function () {
  function focus() {
    var summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-error-summary] a");
    var field = link && document.getElementById(link.hash.slice(1));
    if (field) { event.preventDefault(); field.focus(); field.scrollIntoView({ block: "center" }); }
  });
  document.addEventListener("htmx:after:swap", focus);
  focus();
})();
