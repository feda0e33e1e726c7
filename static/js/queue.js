/* The review queue by keyboard. Arrows (or j and k) move between cards, 1 to 9 choose a candidate, Enter confirms the
   chosen or the first one, x says "not this person", other letters press the button that names them by data-hotkey.
   A card is .rc-case with tabindex="0"; a button that confirms has data-confirm and data-choose. Never while typing. */
(function () {
  "use strict";

  var STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

  function cards() {
    return Array.prototype.slice.call(document.querySelectorAll(".rc-case"));
  }

  function typing(target) {
    return target.isContentEditable || /^(SELECT|TEXTAREA)$/.test(target.tagName) ||
      (target.tagName === "INPUT" && !/^(checkbox|radio|submit|button)$/.test(target.type));
  }

  function focus(card) {
    card.focus();
    card.scrollIntoView({ block: "nearest" });
  }

  function move(step, current) {
    var all = cards();
    var at = all.indexOf(current);
    var next = all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step))];
    if (next) focus(next);
  }

  /* The candidate in hand is the one whose buttons have the focus, else the first of the card. */
  function within(card, named, from) {
    var candidate = from.closest(".rc-candidate");
    return (candidate && candidate.querySelector(named)) || card.querySelector(named);
  }

  function press(key, card, from) {
    /* What belongs to the page, such as undo, lies in .rc-page-keys and answers from everywhere. */
    var named = '[data-hotkey="' + key + '"]';
    var button = (card && within(card, named, from)) || document.querySelector(".rc-page-keys " + named);
    if (!button) return false;
    button.click();
    return true;
  }

  function choose(number, card) {
    var found = document.querySelector(".rc-found");
    var named = '[data-choose="' + number + '"]';
    var button = (found && found.querySelector(named)) || (card && card.querySelector(named));
    if (!button) return false;
    button.focus();
    return true;
  }

  function answer(event) {
    var card = event.target.closest(".rc-case") || (cards().length === 1 ? cards()[0] : null);
    if (event.key in STEPS) {
      move(STEPS[event.key], card);
      return cards().length > 0;
    }
    if (event.key === "Enter") {
      var confirm = event.target === card && card.querySelector("[data-confirm]");
      if (confirm) confirm.click();
      return Boolean(confirm);
    }
    if (/^[1-9]$/.test(event.key)) return choose(event.key, card);
    return /^[a-z/]$/.test(event.key) && press(event.key, card, event.target);
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (answer(event)) event.preventDefault();
  });

  /* Where a hand begins: at what was found, in the search that was asked for, else at the first case. */
  function begin() {
    var found = document.querySelector(".rc-found [data-focus]");
    var search = location.hash === "#search" && document.getElementById("q");
    var card = document.querySelector(".rc-case[data-focus]");
    if (found || search) (found || search).focus();
    else if (card && !card.hasAttribute("data-alone")) card.focus({ preventScroll: true });
  }
  /* A browser that goes to the #part of an address takes the focus away; it has done so a moment after the load. */
  window.addEventListener("load", function () { window.setTimeout(begin, 0); });

  /* After a decision the card is gone; the next one takes the focus so that a hand stays on the keys. */
  var place = -1;
  document.addEventListener("htmx:beforeSwap", function (event) {
    var card = event.target.closest && event.target.closest(".rc-case");
    if (card) place = cards().indexOf(card);
  });
  document.addEventListener("htmx:afterSettle", function () {
    var all = cards();
    if (place < 0 || !all.length) return;
    focus(all[Math.min(place, all.length - 1)]);
    place = -1;
  });
})();
