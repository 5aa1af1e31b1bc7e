/* form[data-passkey="get"|"create"]: asks our server what to ask (data-begin), then the device, and sends its answer as the
   field `credential`. Where the browser knows no passkeys the form, and the "or" beside it, are not there. */
(function () {
  var forms = document.querySelectorAll("form[data-passkey]");

  function bytes(text) {
    return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), function (c) { return c.charCodeAt(0); });
  }
  function text(buffer) {
    var letters = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(letters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function known(list) {
    return (list || []).map(function (one) { return Object.assign({}, one, { id: bytes(one.id) }); });
  }
  function asked(kind, options) {
    var ask = Object.assign({}, options.publicKey, { challenge: bytes(options.publicKey.challenge) });
    if (kind === "get") ask.allowCredentials = known(ask.allowCredentials);
    else {
      ask.user = Object.assign({}, ask.user, { id: bytes(ask.user.id) });
      ask.excludeCredentials = known(ask.excludeCredentials);
    }
    return navigator.credentials[kind]({ publicKey: ask });
  }
  function said(credential) {
    var response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    });
    return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response });
  }
  async function go(form) {
    var kind = form.dataset.passkey, says = form.querySelector("[data-passkey-says]");
    says.textContent = "";
    try {
      var headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
      var answer = await fetch(form.dataset.begin, { method: "POST", headers: headers });
      if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error("asked again");
      form.elements.credential.value = said(await asked(kind, await answer.json()));
      form.submit();
    } catch (problem) {
      if (problem.message === "asked again") form.submit(); /* the server has a question first */
      else says.textContent = "That did not work. Try again, or take another way.";
    }
  }
  forms.forEach(function (form) {
    if (!window.PublicKeyCredential) {
      form.hidden = true;
      var or = form.nextElementSibling;
      if (or && or.matches(".or")) or.hidden = true;
      return;
    }
    form.addEventListener("submit", function (event) { event.preventDefault(); go(form); });
  });
})();
