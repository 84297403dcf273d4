/* A file dropped on the list opens the upload page, with the file chosen. */

import { acceptDrops, Upload } from "./upload.js";

acceptDrops(document.body, async (files) => {
  const list = document.querySelector("[data-drop-to]");
  if (!list) return;
  const address = list.dataset.dropTo;
  const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
  const form = page.querySelector("form#upload");
  if (!form) return location.assign(address);
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.title = page.title;
  history.pushState({}, "", address);
  window.addEventListener("popstate", () => location.reload(), { once: true });
  await new Upload(document.querySelector("form#upload")).choose(files);
});
