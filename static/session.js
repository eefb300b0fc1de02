// Warns before a session ends and keeps what has been typed: staying signed in leaves the page as it
// is. The server alone knows how long a session lasts, since other tabs move the limit; asking it
// does not. Without this file the foot of the page says the same.
const address = document.body.dataset.session;
const dialog = document.createElement("dialog");
let due = Infinity;

function lookIn(seconds) {
  due = Date.now() + seconds * 1000;
}

// The page of the session says what to show now, and when to ask again.
async function show(answer) {
  if (answer.redirected || !answer.ok) {
    location.replace(location.pathname + location.search); // signed out: the way to sign in again
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const limits = page.querySelector("[data-session-limits]");
  lookIn(Number(limits.dataset.lookIn));
  if (limits.dataset.isNear === "yes") warn(limits);
  else dialog.close();
}

function warn(limits) {
  dialog.replaceChildren(limits);
  limits.querySelector("[data-session-close]")?.removeAttribute("hidden");
  if (!dialog.open) dialog.showModal();
}

async function ask(options) {
  lookIn(30); // should the server not answer
  try {
    await show(await fetch(address, options));
  } catch {
    // Not reachable just now; asked again in half a minute.
  }
}

function begin() {
  dialog.className = "app-session";
  dialog.setAttribute("aria-labelledby", "session-title");
  dialog.setAttribute("aria-describedby", "session-text");
  document.body.append(dialog);
  dialog.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-session-stay]")) return;
    event.preventDefault();
    ask({ method: "POST", body: new FormData(event.target) });
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-session-close]")) dialog.close();
  });
  lookIn(Number(document.body.dataset.lookIn));
  const look = () => { if (Date.now() >= due) ask(); };
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
}

// The page of the session itself says all this already.
if (address && !document.querySelector("[data-session-limits]")) begin();
