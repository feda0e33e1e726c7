/* Small comforts; every page works without them. Elements opt in by data attributes. */
(function () {
  "use strict";

  function each(selector, visit, root) {
    Array.prototype.forEach.call((root || document).querySelectorAll(selector), visit);
  }

  /* Menus are <details>: close on Escape, on a click outside, and when focus leaves. */
  function closeMenus(except) {
    each("details.rc-menu[open]", function (menu) {
      if (menu !== except) menu.open = false;
    });
  }
  document.addEventListener("click", function (event) {
    closeMenus(event.target.closest("details.rc-menu"));
  });
  document.addEventListener("focusin", function (event) {
    closeMenus(event.target.closest("details.rc-menu"));
  });
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && event.target.closest("details.rc-menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* data-close: removes the nearest .rc-alert and puts focus back into the page. */
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-close]");
    if (!button) return;
    var box = button.closest("li") || button.closest(".rc-alert");
    box.parentNode.removeChild(box);
    document.getElementById("main").focus();
  });

  /* data-copy="text": puts the text on the clipboard and says so in place. */
  function copyByField(text) {
    var field = document.createElement("textarea");
    field.value = text;
    field.setAttribute("readonly", "");
    field.className = "visually-hidden";
    document.body.appendChild(field);
    field.select();
    var done = document.execCommand("copy");
    document.body.removeChild(field);
    return done ? Promise.resolve() : Promise.reject(new Error("copy refused"));
  }
  function copy(text) {
    if (!navigator.clipboard) return copyByField(text);
    return navigator.clipboard.writeText(text).catch(function () {
      return copyByField(text);
    });
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) return;
    var label = button.querySelector("[data-copy-label]") || button;
    var before = button.getAttribute("data-before") || label.textContent;
    button.setAttribute("data-before", before);
    copy(button.getAttribute("data-copy")).then(
      function () { label.textContent = button.getAttribute("data-copied"); },
      function () { label.textContent = button.getAttribute("data-copy"); }
    );
    window.setTimeout(function () { label.textContent = before; }, 4000);
  });

  /* File drop: shows what was chosen. The input itself takes the drop. */
  function size(bytes) {
    return bytes < 1048576 ? Math.max(1, Math.round(bytes / 1024)) + " KB" : (bytes / 1048576).toFixed(1) + " MB";
  }
  document.addEventListener("change", function (event) {
    var drop = event.target.type === "file" && event.target.closest(".rc-drop");
    if (!drop) return;
    drop.querySelector(".rc-drop-name").textContent = Array.prototype.map.call(event.target.files, function (file) {
      return file.name + " · " + size(file.size);
    }).join(", ");
  });
  ["dragenter", "dragleave", "drop"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var drop = event.target.closest && event.target.closest(".rc-drop");
      if (drop) drop.classList.toggle("rc-drop-over", name === "dragenter");
    });
  });

  /* Bulk: data-pick boxes are counted into the .rc-bulk bar of the same form; data-pick-all sets them. */
  function form(element) {
    return element.form || element.closest("form");
  }
  function count(owner) {
    if (!owner) return;
    var boxes = Array.prototype.filter.call(owner.elements, function (box) { return box.hasAttribute("data-pick"); });
    var picked = boxes.filter(function (box) { return box.checked; }).length;
    each(".rc-bulk", function (bar) {
      bar.hidden = boxes.length === 0;
      bar.classList.toggle("rc-bulk-idle", picked === 0);
      bar.querySelector("[data-bulk-count]").textContent = picked;
    }, owner);
    Array.prototype.forEach.call(owner.elements, function (box) {
      if (!box.hasAttribute("data-pick-all")) return;
      box.hidden = boxes.length === 0;
      box.checked = picked > 0 && picked === boxes.length;
      box.indeterminate = picked > 0 && picked < boxes.length;
    });
  }
  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.hasAttribute("data-pick-all")) {
      Array.prototype.forEach.call(form(box).elements, function (other) {
        if (other.hasAttribute("data-pick")) other.checked = box.checked;
      });
    }
    if (box.hasAttribute("data-pick") || box.hasAttribute("data-pick-all")) count(form(box));
  });

  /* data-submit-on-change: a select that sends its form. The form keeps its button for the keyboard. */
  document.addEventListener("change", function (event) {
    if (event.target.hasAttribute("data-submit-on-change")) event.target.form.submit();
  });

  /* A change that came to nothing says so; a page that only asks how far something is asks again by itself. */
  function unanswered(event) {
    if (event.detail.requestConfig.verb === "get") return;
    each("[data-unanswered]", function (note) {
      note.hidden = false;
      note.scrollIntoView({ block: "center" });
    });
  }
  document.addEventListener("htmx:responseError", unanswered);
  document.addEventListener("htmx:sendError", unanswered);
  document.addEventListener("htmx:timeout", unanswered);

  /* A tab out of sight is no help: bring the current one into view. */
  function ready() {
    each(".rc-tabs [aria-current]", function (tab) {
      var row = tab.closest(".rc-tabs");
      row.scrollLeft = tab.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
    });
    each(".rc-bulk", function (bar) { count(bar.closest("form")); });
  }
  ready();
  document.addEventListener("htmx:afterSettle", ready);
})();
