// What every page has: texts, numbers in words, elements, and the voice of the screen reader.

const texts = JSON.parse(document.getElementById("texts").textContent);
export const ROOT = document.body.dataset.root; // prefix of all paths, behind a proxy
export const language = document.documentElement.lang;

// Ids of texts have no dots.
const id = (name) => name.replace(/[. ]/g, "_");

export function t(name, values = {}) {
  const text = texts[id(name)];
  if (text === undefined) throw new Error(`Expected a text named ${name}.`);
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

export const has = (name) => id(name) in texts;

const formats = new Map();

function format(options) {
  const name = JSON.stringify(options);
  if (!formats.has(name)) formats.set(name, new Intl.NumberFormat(language, options));
  return formats.get(name);
}

export function plain(value, digits = 3) {
  if (value === null || value === undefined) return "–";
  const options = Math.abs(value) >= 1000
    ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: digits };
  return format(options).format(value).replace("-", "−");
}

export const signed = (value, digits = 3) =>
  (value > 0 ? "+" : "") + plain(value, digits);

export const amount = (value) =>
  format({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value).replace("-", "−");

export const count = (value) => format({ maximumFractionDigits: 0 }).format(value);

export const percent = (share, digits = 3) => `${plain(100 * share, digits)} %`;

export function time(seconds) {
  if (seconds < 1) return t("time.moment");
  if (seconds < 90) return t("time.seconds", { count: Math.ceil(seconds) });
  return t("time.minutes", { count: Math.round(seconds / 60) });
}

export const when = (iso) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));

export const $ = (id) => document.getElementById(id);

// An element; `on…` are listeners, and whatever is null or false is left out.
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// For a screen reader, which sees no bar moving.
export function say(text) {
  if ($("said").textContent !== text) $("said").textContent = text;
}

export function save(content, name, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

export const csv = (rows) =>
  rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";

function cell(value) {
  const text = value === null || value === undefined ? "" : harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// A text that a spreadsheet would take for a formula, kept from being one, as OWASP has it.
// A plain number may begin as one does, and is harmless.
const harmless = (value) =>
  /^[=+\-@\t\r\n＝＋－＠]/.test(value) && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? `'${value}` : String(value);

// Show what is wrong with a field beside it; an empty text takes it away.
export function mark(name, text) {
  const input = $(`field-${name}`);
  const place = $(`wrong-${name}`);
  if (place === null) return false;
  if (place.textContent !== text) place.textContent = text;
  if (input !== null) {
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }
  return true;
}
