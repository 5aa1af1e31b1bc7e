/* [data-theme-toggle]: steps through as your device, light, dark; kept on this device. */
(function () {
  var root = document.documentElement, device = matchMedia("(prefers-color-scheme: dark)");
  var names = { auto: "follows your device", light: "light", dark: "dark" };
  var next = { auto: "light", light: "dark", dark: "auto" };
  var theme = "auto";
  try { theme = localStorage.getItem("theme") || "auto"; } catch (e) { /* storage is off */ }
  if (!names[theme]) theme = "auto";

  function show() {
    var dark = theme === "dark" || (theme === "auto" && device.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
    document.querySelectorAll("[data-theme-toggle]").forEach(function (button) {
      button.setAttribute("aria-label", "Theme: " + names[theme]);
    });
    document.dispatchEvent(new CustomEvent("theme"));
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest("[data-theme-toggle]")) return;
    theme = next[theme];
    try { localStorage.setItem("theme", theme); } catch (e) { /* storage is off */ }
    show();
    document.dispatchEvent(new CustomEvent("say", { detail: "Theme: " + names[theme] }));
  });
  device.addEventListener("change", show);
  show();
})();
