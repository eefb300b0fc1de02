// Starts the sign-in package's passkey scripts for the button on this page, and says in plain words
// what went wrong. The button is hidden until a browser that can use passkeys runs this.
const ROLES = { addForm: "add", authenticateForm: "authenticate", loginForm: "login" };
const WORDS = {
  NotAllowedError: "No passkey was used: it was cancelled or took too long. Try again, or use another way.",
  InvalidStateError: "This device has a passkey for your account already.",
  SecurityError: "Passkeys do not work at this address. They need the service’s own name and a secure connection.",
};
const ELSE = "The passkey did not work. Try again, or use another way.";
const button = document.querySelector("[data-passkey]");
const said = document.querySelector("[data-passkey-error]");

if (button && window.webauthnJSON.supported()) {
  const { passkey, credential, options, resident } = button.dataset;
  const ids = { [ROLES[passkey]]: button.id, credential, data: options, passwordless: resident };
  window.allauth.webauthn.forms[passkey]({ ids });
  button.hidden = false;
  button.addEventListener("click", () => { said.textContent = ""; });
} else if (button) {
  said.textContent = "This browser cannot use passkeys at this address. Use another way.";
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  said.textContent = WORDS[event.detail.exception.name] || ELSE;
});
