// A button that prints the page: <button data-print class="needs-js">.
document.querySelectorAll("[data-print]").forEach((button) => button.addEventListener("click", () => print()));
