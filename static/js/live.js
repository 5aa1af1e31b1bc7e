/* Says a sentence to screen readers: document.dispatchEvent(new CustomEvent("say", { detail: "Saved." })). */
document.addEventListener("say", function (event) {
  var region = document.getElementById("live");
  region.textContent = "";
  setTimeout(function () { region.textContent = event.detail; }, 60);
});
