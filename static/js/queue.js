/* The review queue by keyboard: j and k move between cards, a letter presses the button that names it.
   A card is .rc-case with tabindex="0"; a button says data-hotkey="c". Never while someone is typing. */
(function () {
  "use strict";

  function cards() {
    return Array.prototype.slice.call(document.querySelectorAll(".rc-case"));
  }

  function typing(target) {
    return target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);
  }

  function move(step, current) {
    var all = cards();
    var next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(current) + step))];
    if (!next) return;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function press(key, card) {
    /* What belongs to the page, such as undo, lies in .rc-page-keys and answers from everywhere. */
    var named = '[data-hotkey="' + key + '"]';
    var button = (card && card.querySelector(named)) || document.querySelector(".rc-page-keys " + named);
    if (!button) return false;
    button.click();
    return true;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    var card = event.target.closest(".rc-case");
    if (event.key === "j" || event.key === "k") {
      event.preventDefault();
      move(event.key === "j" ? 1 : -1, card);
    } else if (event.key === "Enter" && event.target === card && press("c", card)) {
      event.preventDefault();
    } else if (/^[a-z0-9]$/.test(event.key) && press(event.key, card)) {
      event.preventDefault();
    }
  });

  /* data-focus: the page came from a decision, so the next card takes the focus at once. */
  var first = document.querySelector(".rc-case[data-focus]");
  if (first) first.focus();

  /* After a decision the card is gone; the next one takes the focus so that a hand stays on the keys. */
  var place = -1;
  document.addEventListener("htmx:beforeSwap", function (event) {
    var card = event.target.closest && event.target.closest(".rc-case");
    place = card ? cards().indexOf(card) : -1;
  });
  document.addEventListener("htmx:afterSettle", function () {
    var all = cards();
    if (place < 0 || !all.length) return;
    all[Math.min(place, all.length - 1)].focus();
    place = -1;
  });
})();
