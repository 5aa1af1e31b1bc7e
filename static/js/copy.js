// A button that copies a field beside it: <button data-copy="id of the field" class="needs-js">. Without a script the
// field is selected and copied by hand.
document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
  const field = document.getElementById(button.dataset.copy);
  const words = button.querySelector("span");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    words.textContent = "Copied";
  } catch {
    words.textContent = "Selected: copy it now"; // no clipboard without https
  }
}));
