/* form[data-lock]: after so many seconds without a hand on any tab of ours, the page locks itself: what stands in a form
   that was touched goes along, sealed by the server, and is on no screen any more. Nothing is kept in the browser. */
(function () {
  var form = document.querySelector("form[data-lock]");
  if (!form) return;
  var patience = Number(form.dataset.lock) * 1000, last = Date.now(), told = 0, touched = null, gone = false;
  var others = window.BroadcastChannel ? new BroadcastChannel("hands") : null;

  function hand() {
    last = Date.now();
    if (others && last - told > 5000) { told = last; others.postMessage("here"); }
  }
  function lock() {
    if (gone) return;
    gone = true;
    form.elements.next.value = location.pathname + location.search;
    if (touched && touched.isConnected) {
      form.elements.path.value = new URL(touched.action || location.href, location.href).pathname;
      form.elements.typed.value = new URLSearchParams(new FormData(touched)).toString();
    }
    if (others) others.postMessage("lock");
    form.submit();
  }
  function look() { if (Date.now() - last >= patience) lock(); }

  ["pointerdown", "keydown", "scroll", "touchstart"].forEach(function (kind) {
    addEventListener(kind, hand, { passive: true, capture: true });
  });
  document.addEventListener("input", function (event) {
    var near = event.target.closest("form[method=post]");
    if (near && near !== form) touched = near;
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); lock(); });
  document.addEventListener("visibilitychange", look);
  if (others) others.addEventListener("message", function (event) {
    if (event.data === "lock") lock(); else last = Date.now();
  });
  setInterval(look, 5000);
})();
