// Everything works without this file; it starts what the GOV.UK and MOJ components add.
import { initAll } from "./vendor/govuk.js";
import { initAll as initMoj, FilterToggleButton } from "./vendor/moj.js";
import "./session.js";
import "./drafts.js";

initAll();
initMoj();

// MOJ's initAll leaves the filter toggle out.
for (const filter of document.querySelectorAll("[data-module='moj-filter']")) {
  new FilterToggleButton(filter, {
    bigModeMediaQuery: "(min-width: 48.0625em)",
    startHidden: false, // a narrow screen hides it anyway; on a wide one there is no button to show it
    toggleButton: { showText: "Show filter", hideText: "Hide filter", classes: "govuk-button--secondary" },
    toggleButtonContainer: { selector: ".moj-action-bar__filter" },
    closeButton: { text: "Close", classes: "moj-filter__close" },
    closeButtonContainer: { selector: ".moj-filter__header-action" },
  });
}

// A second press of any submit button within three seconds sends nothing. The button stays
// enabled and focusable, so a screen reader does not lose its place; coming back clears the mark.
for (const form of document.querySelectorAll("form[method='post']")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 3000);
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Print opens every folded part, and closes what it opened.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not([open])")) {
    part.open = true;
    part.dataset.printed = "yes";
  }
});
addEventListener("afterprint", () => {
  for (const part of document.querySelectorAll("details[data-printed]")) {
    part.open = false;
    delete part.dataset.printed;
  }
});
