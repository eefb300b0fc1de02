// Keeps what is typed in long answers while it is typed, and says when it was kept. It goes to the
// server, behind sign-in, and never to the storage of the browser. Without this file a button does it.
const PAUSE = 2500;

function begin(form) {
  const token = form.querySelector("input[name='draft'][data-keep]");
  const said = document.createElement("p");
  said.className = "govuk-body-s app-muted";
  said.setAttribute("role", "status");
  form.append(said);
  let waiting = 0;
  let kept = snapshot(form);

  async function keep() {
    clearTimeout(waiting);
    const now = snapshot(form);
    if (now === kept || form.dataset.sent) return;
    try {
      const answer = await fetch(token.dataset.keep, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "text/plain" },
        redirect: "error", // to sign in: what is typed stays in the page
        keepalive: now.length < 30000,
      });
      if (!answer.ok) throw new Error(answer.status);
      kept = now;
      said.textContent = await answer.text();
    } catch {
      said.textContent = "What you typed last is not saved yet. Stay on this page; it is tried again.";
      waiting = setTimeout(keep, 15000);
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, PAUSE);
  });
  form.addEventListener("focusout", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
}

function snapshot(form) {
  return new URLSearchParams(new FormData(form)).toString();
}

for (const token of document.querySelectorAll("input[name='draft'][data-keep]")) begin(token.form);

// What the page is about comes first for whoever listens to it.
document.querySelector("[data-focus]")?.focus();
