/* Runs before the first paint: chooses light or dark, and says that scripts are there.
   The meeting client names its theme in the user agent and does not honour the media query. */
(function () {
  "use strict";
  var root = document.documentElement;
  var query = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return window.localStorage.getItem("rollcall-theme");
    } catch (error) {
      // Storage may be forbidden; the page then follows the system.
      return null;
    }
  }

  function surroundings() {
    var client = /app_theme\/(light|dark)/.exec(window.navigator.userAgent);
    return client ? client[1] : query.matches ? "dark" : "light";
  }

  function paint() {
    root.setAttribute("data-bs-theme", chosen() || surroundings());
  }

  root.classList.add("rc-js");
  paint();
  query.addListener(paint);
  window.addEventListener("storage", paint);
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-theme-switch]");
    if (!button) return;
    var next = root.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    try {
      window.localStorage.setItem("rollcall-theme", next);
    } catch (error) {
      root.setAttribute("data-theme-kept", "no");
    }
    root.setAttribute("data-bs-theme", next);
  });
})();
