// A button that copies a field beside it: <button data-copy="id of the field" class="needs-js">. Without a script the
// field is selected and copied by hand. The role="status" behind the button says aloud what was done.
document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
  const field = document.getElementById(button.dataset.copy);
  const say = (words) => { button.querySelector("span").textContent = button.nextElementSibling.textContent = words; };
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    say("Copied");
  } catch {
    say("Selected: copy it now"); // no clipboard without https
  }
}));
