/* [data-drawer]: on a small screen the side navigation is a drawer. Escape and a click outside close it, focus returns. */
(function () {
  var side = document.getElementById("side"), button = document.querySelector("[data-drawer]");
  function open() { return side.classList.contains("open"); }
  function turn(to) {
    side.classList.toggle("open", to);
    button.setAttribute("aria-expanded", String(to));
    (to ? side.querySelector("a") : button).focus();
  }
  button.addEventListener("click", function () { turn(!open()); });
  document.addEventListener("keydown", function (event) { if (event.key === "Escape" && open()) turn(false); });
  document.addEventListener("click", function (event) {
    if (open() && !side.contains(event.target) && !button.contains(event.target)) turn(false);
  });
})();
