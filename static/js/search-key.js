/* input[data-search]: "/" brings the cursor there, unless somebody is typing. */
(function () {
  var box = document.querySelector("[data-search]");
  if (!box) return;
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey || !box.offsetParent) return;
    event.preventDefault();
    box.focus();
  });
})();
