/* Lists: moving in the grid by keyboard, and fields that only a new list needs. Every page works without it. */
(function () {
  "use strict";

  /* data-grid: arrows and Enter move to the same column of another row; at the end of a text, to the next cell. */
  function rows(grid) {
    return Array.prototype.filter.call(grid.rows, function (row) { return row.querySelector("input[type=text]"); });
  }
  function inputs(row) {
    return Array.prototype.slice.call(row.querySelectorAll("input[type=text]"));
  }
  function go(field) {
    if (!field) return false;
    field.focus();
    field.select();
    return true;
  }
  function down(field, step) {
    var all = rows(field.closest("[data-grid]"));
    var row = field.closest("tr");
    var next = all[all.indexOf(row) + step];
    return next ? go(inputs(next)[inputs(row).indexOf(field)]) : false;
  }
  function along(field, step) {
    var edge = step < 0 ? 0 : field.value.length;
    if (field.selectionStart !== edge || field.selectionEnd !== edge) return false;
    var all = inputs(field.closest("tr"));
    return go(all[all.indexOf(field) + step]);
  }
  var MOVES = {
    ArrowUp: function (field) { return down(field, -1); },
    ArrowDown: function (field) { return down(field, 1); },
    ArrowLeft: function (field) { return along(field, -1); },
    ArrowRight: function (field) { return along(field, 1); },
    /* In the last row Enter does what it does everywhere: it sends the form. */
    Enter: function (field) { return down(field, 1); },
    Escape: function (field) { field.value = field.defaultValue; return true; }
  };
  document.addEventListener("keydown", function (event) {
    var move = MOVES[event.key];
    /* While a Chinese word is being composed the keys belong to the input method. */
    if (!move || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (!event.target.matches("[data-grid] input[type=text]")) return;
    if (move(event.target)) event.preventDefault();
  });

  /* data-shows="selector" data-shows-for="value": the fields it names are only there while it has that value. */
  function show(select) {
    var fields = select.form.querySelectorAll(select.getAttribute("data-shows"));
    Array.prototype.forEach.call(fields, function (field) {
      field.hidden = select.value !== select.getAttribute("data-shows-for");
    });
  }
  document.addEventListener("change", function (event) {
    if (event.target.hasAttribute("data-shows")) show(event.target);
  });
  Array.prototype.forEach.call(document.querySelectorAll("[data-shows]"), show);
})();
