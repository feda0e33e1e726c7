/* The review queue by keyboard. Arrows (or j and k) move between cards, 1 to 9 choose a candidate, Enter confirms the
   chosen or the first one, x says "not this person", other letters press the button that names them by data-hotkey.
   A card is .rc-case with tabindex="0"; a button that confirms has data-confirm and data-choose. Never while typing.
   It stands in the head and hears the keys from the first moment of the page. */
(function () {
  "use strict";

  var STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
  var OURS = /^(ArrowDown|ArrowUp|Enter|[a-z1-9/])$/;
  var waiting = [];
  var leaving = false;

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

  function push(button) {
    leaving = button.tagName === "A" || !button.closest("[hx-post]");
    button.click();
  }

  function press(key, card, from) {
    /* What belongs to the page, such as undo, lies in .rc-page-keys and answers from everywhere. */
    var named = '[data-hotkey="' + key + '"]';
    var button = (card && within(card, named, from)) || document.querySelector(".rc-page-keys " + named);
    if (!button) return false;
    push(button);
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

  function answer(key, target) {
    var card = target.closest(".rc-case") || (cards().length === 1 ? cards()[0] : null);
    if (key in STEPS) {
      move(STEPS[key], card);
      return cards().length > 0;
    }
    if (key === "Enter") {
      var confirm = target === card && card.querySelector("[data-confirm]");
      if (confirm) push(confirm);
      return Boolean(confirm);
    }
    if (/^[1-9]$/.test(key)) return choose(key, card);
    return /^[a-z/]$/.test(key) && press(key, card, target);
  }

  function onTheWay() {
    return document.querySelector(".rc-case .htmx-request") !== null;
  }

  /* A key held down decides once. What is typed or clicked while a decision is on its way waits for the answer, so that
     no case comes twice; what is typed while the page is being left was meant for the page to come, which nobody has seen. */
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !OURS.test(event.key) || typing(event.target)) return;
    var dropped = leaving || (event.repeat && !(event.key in STEPS));
    if (!dropped && onTheWay()) waiting.push(event.key);
    else if (!dropped && !answer(event.key, event.target)) return;
    event.preventDefault();
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest('.rc-case [type="submit"]');
    if (!button || !onTheWay()) return;
    waiting.push(button);
    event.preventDefault();
    event.stopPropagation();
  }, true);
  function goOn() {
    while (waiting.length && !leaving && !onTheWay()) {
      var next = waiting.shift(), at = document.activeElement;
      if (next.click) next.click();
      else if (!answer(next, at) && next === "Enter" && at.closest(".rc-case")) at.click();
    }
  }
  document.addEventListener("htmx:afterRequest", function (event) {
    if (!event.detail.successful) waiting = [];
  });
  window.addEventListener("pageshow", function () { leaving = false; });

  /* The list beside the cards shows which of them is in hand. */
  document.addEventListener("focusin", function (event) {
    var card = event.target.closest(".rc-case");
    Array.prototype.forEach.call(document.querySelectorAll(".rc-queue-list a"), function (link) {
      if (card && link.getAttribute("href") === "#" + card.id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  });

  /* Where a hand begins: at what was found, in the search that was asked for, else at the first case; unless it has begun. */
  function begin() {
    if (document.activeElement.closest(".rc-case") || typing(document.activeElement)) return;
    var found = document.querySelector(".rc-found [data-focus]");
    var search = location.hash === "#search" && document.getElementById("q");
    var card = document.querySelector(".rc-case[data-focus]");
    if (found || search) (found || search).focus();
    else if (card && !card.hasAttribute("data-alone")) card.focus({ preventScroll: true });
  }
  /* A browser that goes to the #part of an address takes the focus away; it has done so a moment after the load. */
  window.addEventListener("load", function () { window.setTimeout(begin, 0); });

  /* After a decision the card is gone; the next one takes the focus so that a hand stays on the keys, where it has not
     gone elsewhere. A decision that was refused wants to be looked at: what was typed meanwhile is dropped. */
  var place = -1;
  document.addEventListener("htmx:beforeSwap", function (event) {
    var card = event.target.closest && event.target.closest(".rc-case");
    if (card) place = cards().indexOf(card);
  });
  document.addEventListener("htmx:afterSettle", function () {
    var all = cards();
    if (place < 0) return;
    var next = all[Math.min(place, all.length - 1)];
    place = -1;
    if (next && next.hasAttribute("data-refused")) waiting = [];
    if (next && document.activeElement === document.body) focus(next);
    goOn();
  });
})();
