/* [data-shade-toggle] or Alt+Shift+S: names become initials, free text is blurred; kept for this tab. */
(function () {
  var root = document.documentElement;
  function on() { return root.getAttribute("data-shade") === "on"; }
  function show() {
    document.querySelectorAll("[data-shade-toggle]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(on()));
    });
  }
  function turn() {
    if (on()) root.removeAttribute("data-shade"); else root.setAttribute("data-shade", "on");
    try { sessionStorage.setItem("shade", on() ? "on" : "off"); } catch (e) { /* storage is off */ }
    show();
    var text = on() ? "Privacy shade on. Names show as initials." : "Privacy shade off.";
    document.dispatchEvent(new CustomEvent("say", { detail: text }));
  }
  document.addEventListener("click", function (event) { if (event.target.closest("[data-shade-toggle]")) turn(); });
  document.addEventListener("keydown", function (event) {
    if (event.altKey && event.shiftKey && event.code === "KeyS") { event.preventDefault(); turn(); }
  });
  show();
})();
