/* [data-exit], or Shift three times within five seconds: a white cover at once, then another page in this tab.
   Where the page says data-leave-url, the session there is ended as well. */
(function () {
  var wrap = document.querySelector(".exit-wrap"), exit = document.querySelector("[data-exit]");
  var dots = document.querySelectorAll(".exit-dots i"), pressed = 0, timer = null;

  function leave() {
    var cover = document.createElement("div");
    cover.className = "cover";
    document.body.appendChild(cover);
    document.title = "Weather";
    try { sessionStorage.clear(); } catch (e) { /* storage is off */ }
    if (wrap.dataset.leaveUrl) {
      var form = new FormData();
      form.append("csrfmiddlewaretoken", wrap.dataset.csrf);
      navigator.sendBeacon(wrap.dataset.leaveUrl, form);
    }
    location.replace(exit.href);
  }
  function count(to) {
    pressed = to;
    dots.forEach(function (dot, place) { dot.classList.toggle("on", place < pressed); });
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-exit]")) { event.preventDefault(); leave(); }
  });
  document.addEventListener("keyup", function (event) {
    if (event.key !== "Shift") { count(0); return; }
    count(pressed + 1);
    clearTimeout(timer);
    timer = setTimeout(function () { count(0); }, 5000);
    if (pressed >= 3) leave();
  });
})();
