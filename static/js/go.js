/* form[data-go] sends itself, a[data-go] is followed: at once, when the page is there. Without script there is a button. */
(function () {
  document.querySelectorAll("form[data-go]").forEach(function (form) { form.requestSubmit(); });
  document.querySelectorAll("a[data-go]").forEach(function (link) { location.href = link.href; });
})();
