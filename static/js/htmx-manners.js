/* What htmx must do here: send the CSRF token with every request that changes something. */
document.addEventListener("htmx:config:request", function (event) {
  event.detail.ctx.request.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
});
