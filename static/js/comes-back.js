/* [data-comes-back] asks every two seconds how far it is, and the page is shown anew when it says something else. While nothing answers it goes on asking. Without script there is a link. */
(function () {
  if (!document.querySelector("[data-comes-back]")) return;
  function later() { setTimeout(ask, 2000); }
  function ask() {
    fetch(location.href, { cache: "no-store" }).then(function (answer) {
      if (answer.status === 404) { location.href = "/"; return; }
      if (!answer.ok) { later(); return; }
      return answer.text().then(function (page) {
        if (page.indexOf("data-comes-back") < 0) location.reload(); else later();
      });
    }).catch(later);
  }
  later();
})();
