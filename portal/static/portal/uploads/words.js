/* Sentences, sizes and times in the language of the page; the sentences themselves are its own. */

/** Return *sentence* with its {names} replaced by *values*. */
export function fill(sentence, values) {
  return sentence.replace(/{(\w+)}/g, (_, name) => values[name]);
}

/** Return *count* bytes in the largest unit that leaves a whole one. */
export function bytes(count) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; count >= 1024 && unit < units.length - 1; unit += 1) count /= 1024;
  const digits = unit ? 1 : 0;
  const number = new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number.format(count)} ${units[unit]}`;
}

/** Return *text* with a visible mark in place of each character that nobody would see. */
export function marked(text) {
  const mark = (letter) => `⟨${letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, mark);
}

/** Return *seconds* as hours, minutes and seconds. */
export function duration(seconds) {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [hours, minutes, rest] = parts.map((part) => String(part).padStart(2, "0"));
  return hours === "00" ? `${minutes}:${rest}` : `${hours}:${minutes}:${rest}`;
}

/** Return the day and time that *text*, a time of the API's, means where the reader is. */
export function moment(text) {
  const style = { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(document.documentElement.lang, style).format(new Date(text));
}
