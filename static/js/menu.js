/* details[data-menu-list]: one menu open at a time; Escape and a click outside close it. Without script it is a plain disclosure. */
(function () {
  function close(except) {
    document.querySelectorAll("details[data-menu-list][open]").forEach(function (menu) {
      if (menu !== except) menu.open = false;
    });
  }
  document.addEventListener("click", function (event) { close(event.target.closest("details[data-menu-list]")); });
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && document.querySelector("details[data-menu-list][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
})();
