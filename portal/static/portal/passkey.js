/* A passkey that was not used is told on the page, and not in the console alone. */

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey_trouble").hidden = false;
});
