/* textarea[data-nudge="id"]: a thought on wording in the box with that id, after a pause. It selects the word, it never rewrites. */
(function () {
  var kept = new WeakMap(), found = new WeakMap(), timers = new WeakMap();

  function pattern(words) {
    var any = words.map(function (word) { return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"); }).join("|");
    return new RegExp("(?<![\\p{L}-])(" + any + ")(?![\\p{L}-])", "iu");
  }
  function look(field) {
    var box = document.getElementById(field.getAttribute("data-nudge")), off = kept.get(field) || [], hit = null;
    JSON.parse(box.dataset.suggestions).some(function (suggestion) {
      var match = field.value.match(pattern(suggestion.words));
      if (match && off.indexOf(match[0].toLowerCase()) < 0) hit = { at: match.index, word: match[0], suggestion: suggestion };
      return hit;
    });
    found.set(box, { field: field, hit: hit });
    box.hidden = !hit;
    if (!hit) return;
    box.querySelector("[data-nudge-word]").textContent = hit.word;
    box.querySelector("[data-nudge-why]").textContent = hit.suggestion.why;
    box.querySelector("[data-nudge-say]").textContent = hit.suggestion.say;
  }
  function say(text) { document.dispatchEvent(new CustomEvent("say", { detail: text })); }

  document.addEventListener("input", function (event) {
    var field = event.target;
    if (!field.matches("[data-nudge]")) return;
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(look, 600, field));
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-nudge-change], [data-nudge-keep]");
    if (!button) return;
    var it = found.get(button.closest(".nudge")), field = it.field, word = it.hit.word;
    field.focus();
    if (button.matches("[data-nudge-change]")) {
      field.setSelectionRange(it.hit.at, it.hit.at + word.length);
      say("Word selected. Type to change it.");
    } else {
      kept.set(field, (kept.get(field) || []).concat(word.toLowerCase()));
      look(field);
      say("Kept as someone's words.");
    }
  });
  document.querySelectorAll("[data-nudge]").forEach(look);
})();
