/* What tests ask of a page: how wide it is, what was left untranslated, where one sees the focus. */

window.judge = {
  /** What axe finds wrong; targets are measured, too, which it does not do unasked. */
  async axe() {
    await Promise.all(document.getAnimations().map((one) => one.finished));
    const options = { resultTypes: ["violations"], preload: false };
    options.rules = { "target-size": { enabled: true } };
    const { violations } = await axe.run(document, options);
    return violations.map(({ id, nodes }) => {
      return `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" · ")}`;
    });
  },

  /** By how many pixels the page is wider than its screen. */
  overflow() {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  },

  /**
   * Texts with two words in a row, and none of them Chinese; code, other languages, and what people
   * have *written* may.
   */
  english(written) {
    const theirs = (text) => written.reduce((rest, own) => rest.replaceAll(own, ""), text);
    const words = (text) => theirs(text).replace(/{\w+}/g, "");
    const isEnglish = (text) => /[a-z]{2} [a-z]{2}/i.test(text) && !/\p{Script=Han}/u.test(text);
    const spoken = ["aria-label", "title", "placeholder", "alt"].flatMap((name) => {
      return [...document.querySelectorAll(`[${name}]`)].map((one) => one.getAttribute(name));
    });
    const sentences = [...document.querySelectorAll("[data-words]")].flatMap((one) => {
      return Object.values(one.dataset);
    });
    const shown = texts().map((node) => node.data);
    return [...shown, ...spoken, ...sentences].map(words).filter(isEnglish);
  },

  /** What takes the focus without a ring that one sees, or behind something else. */
  focus() {
    const found = [];
    for (const element of document.querySelectorAll(FOCUSABLE)) {
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      element.focus();
      if (document.activeElement !== element) continue;
      if (!ringed(element)) found.push(`no ring: ${head(element)}`);
      if (covered(element)) found.push(`covered: ${head(element)}`);
    }
    document.activeElement.blur();
    return found;
  },

  /** What moves for longer than *most* seconds. */
  motion(most) {
    const found = [];
    for (const element of document.querySelectorAll("body *")) {
      for (const part of ["", "::before", "::after"]) {
        const style = getComputedStyle(element, part || null);
        const times = `${style.transitionDuration}, ${style.animationDuration}`.split(", ");
        if (Math.max(...times.map(parseFloat)) > most) found.push(head(element) + part);
      }
    }
    return found;
  },

  /** Open what can be opened and tick what can be ticked, one of a kind. */
  open() {
    for (const one of document.querySelectorAll("main details:not(.menu)")) one.open = true;
    for (const kind of ["main .menu", "header .menu:last-of-type"]) {
      const [menu] = document.querySelectorAll(kind);
      if (menu) menu.open = true;
    }
    document.querySelector("#results tbody input[type=checkbox]")?.click();
    scrollTo(0, document.body.scrollHeight); // where what sticks to the edge covers nothing
  },

  /** Make every text 40 % longer, as another language might. */
  lengthen() {
    for (const node of texts()) {
      const text = node.data.trim();
      if (text) node.data = text + text.slice(0, Math.ceil(0.4 * text.length));
    }
  },

  /** Texts that do not fit into their own box. */
  spilled() {
    const found = new Set();
    for (const { data, parentElement: box } of texts()) {
      const isBox = getComputedStyle(box).display !== "inline" && box.clientWidth > 1;
      if (!data.trim() || !isBox || !box.checkVisibility()) continue;
      if (box.scrollWidth > box.clientWidth + 1) found.add(head(box));
    }
    return [...found];
  },

  /** The language, the title, how many first headings there are, and where help is. */
  facts() {
    const help = [...document.querySelectorAll("footer a")].map((one) => one.getAttribute("href"));
    const headings = document.querySelectorAll("h1").length;
    return { lang: document.documentElement.lang, title: document.title, headings, help };
  },
};

const FOCUSABLE = "a[href], button:enabled, :is(input, select, textarea):enabled, summary";
const UNSPOKEN = "script, style, template, code, pre, kbd, textarea, [lang]:not(html)";

function texts() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found.filter((node) => !node.parentElement.closest(UNSPOKEN));
}

function ringed(element) {
  const label = element.labels?.[0];
  return [element, label].some((one) => {
    if (!one) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
}

function covered(element) {
  const [box] = element.getClientRects();
  if (!box || Math.min(box.width, box.height) < 4) return false; // its label is what one sees
  const across = [0.1, 0.5, 0.9].map((part) => box.left + part * box.width);
  const down = [0.1, 0.5, 0.9].map((part) => box.top + part * box.height);
  return across.every((x) => {
    return down.every((y) => !element.contains(document.elementFromPoint(x, y)));
  });
}

function head(element) {
  return element.outerHTML.slice(0, 160).replace(/\s+/g, " ");
}
