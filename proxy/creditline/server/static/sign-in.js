// Puts the token of a sign-in link into the form; the fragment then leaves the address bar and the history.
const token = document.getElementById("token");
if (location.hash.length > 1) {
  token.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
