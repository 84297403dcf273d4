/* The page of the APIs: Swagger UI in the page's colours, with the form's token for who is signed in. */

const place = document.getElementById("api");
const root = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");

function paint() {
  const theme = root.dataset.bsTheme;
  root.classList.toggle("dark-mode", theme ? theme === "dark" : night.matches);
}

function withToken(request) {
  const isOurs = new URL(request.url, location.href).origin === location.origin;
  if (isOurs && request.method && request.method !== "GET") {
    request.headers["X-CSRFToken"] = place.dataset.token;
  }
  return request;
}

paint();
night.addEventListener("change", paint);

SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  requestInterceptor: withToken,
});
