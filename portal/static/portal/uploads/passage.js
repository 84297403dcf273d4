/* Moving to another page while uploads go on: its content comes into this page, which stays. */

const REAL = /^\/(accounts|admin|docs)\//; // pages of another frame, or those of signing in and out
const FILE = /\/(download|file)$|\.(csv|jsonl|json|yaml)$/;

export class Passage {
  /** Take over links and forms while *isNeeded* says so; *shown* is called after each page. */
  constructor({ isNeeded, shown, failed, fileComes }) {
    Object.assign(this, { isNeeded, shown, failed, fileComes });
    this.scripts = new Set([...document.scripts].map((script) => script.src));
    document.addEventListener("click", (event) => this.click(event));
    document.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("popstate", () => this.back());
  }

  click(event) {
    const link = event.target.closest("a[href]");
    if (!link || !this.isNeeded() || !isPlain(event) || link.target) return;
    const address = new URL(link.href);
    if (!isOurs(address) || link.hasAttribute("download")) return;
    if (FILE.test(address.pathname)) return this.fileComes();
    if (address.hash && address.pathname === location.pathname) return;
    event.preventDefault();
    this.go(address.href);
  }

  submit(event) {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || !this.isNeeded()) return;
    const address = new URL(submitter?.getAttribute("formaction") ?? form.action, location.href);
    if (!isOurs(address)) return;
    event.preventDefault();
    const fields = new FormData(form, submitter);
    if (form.method === "get") {
      address.search = new URLSearchParams(fields);
      return this.go(address.href);
    }
    const isPlainForm = form.enctype !== "multipart/form-data";
    const body = isPlainForm ? new URLSearchParams(fields) : fields;
    this.go(address.href, { request: { method: "POST", body } });
  }

  back() {
    if (this.isNeeded()) this.go(location.href, { isNew: false });
    else location.reload();
  }

  /** Show the page of *address*; a real way there if it has another frame. */
  async go(address, { request = {}, isNew = true } = {}) {
    const headers = { Accept: "text/html" };
    const answer = await fetch(address, { headers, ...request }).catch(() => null);
    if (!answer) return this.failed();
    const isPage = answer.headers.get("Content-Type")?.startsWith("text/html");
    const page = isPage && new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page || !this.canShow(page)) return location.assign(answer.url);
    if (isNew && answer.url !== location.href) history.pushState(null, "", answer.url);
    await this.show(page);
  }

  /** Is *page* of this frame, and are its scripts here already, or modules? */
  canShow(page) {
    const scripts = [...page.querySelectorAll("script[src]")];
    const isKnown = (script) => script.type === "module" || this.scripts.has(script.src);
    return Boolean(page.querySelector("[data-tray]")) && scripts.every(isKnown);
  }

  /** Load the module at *src*; if it was here before, let it begin again with the new page. */
  async begin(src) {
    const isAgain = this.scripts.has(src);
    this.scripts.add(src);
    const module = await import(src);
    if (isAgain) module.begin?.();
  }

  async show(page) {
    document.title = page.title;
    const { documentElement: root } = document;
    root.lang = page.documentElement.lang;
    root.toggleAttribute("data-bs-theme", "bsTheme" in page.documentElement.dataset);
    Object.assign(root.dataset, page.documentElement.dataset);
    const tray = document.querySelector("[data-tray]"); // the one thing that stays
    page.querySelector("[data-tray]").replaceWith(tray);
    document.querySelector("header.frame-header").replaceWith(page.querySelector("header"));
    document.querySelector("main").replaceWith(page.querySelector("main"));
    const main = document.querySelector("main");
    window.htmx?.process(main);
    for (const { src } of page.querySelectorAll("script[type=module]")) await this.begin(src);
    this.shown();
    scrollTo(0, 0);
    main.focus();
  }
}


function isPlain(event) {
  const isModified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  return !event.defaultPrevented && event.button === 0 && !isModified;
}

function isOurs(address) {
  return address.origin === location.origin && !REAL.test(address.pathname);
}
