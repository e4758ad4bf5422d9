// What the service says in English sentences, in the language of the page: by templates, whose
// placeholders are numbers, names, or phrases that have templates of their own.

import { h } from "./page.js";

const NUMBER = String.raw`[+\-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+\-−]?\d+)?`;

// Placeholders that stay as they are; all others are kinds of phrases in the catalogue.
const AS_IS = {
  n: NUMBER, id: String.raw`\S(?:.*?\S)?`, any: ".+?", field: String.raw`[\w.[\]]+`, variable: "[A-Z_]+",
};

const PLACE = /\{([a-z]+)(\d*)\}/g;
const NEXT_SENTENCE = /(?<=\.) (?=[^a-z])/;

const catalogue = await loaded();
const compiled = new Map();

// Without a catalogue the page shows what the service says.
async function loaded() {
  const address = document.body.dataset.sentences;
  if (address === undefined) return null;
  try {
    const response = await fetch(address);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

// A template as a regular expression; `place` says what stands for each of its placeholders.
function pattern(template, place) {
  let made = "";
  let end = 0;
  for (const found of template.matchAll(PLACE)) {
    made += escaped(template.slice(end, found.index)) + place(found[1], found[1] + found[2]);
    end = found.index + found[0].length;
  }
  return made + escaped(template.slice(end));
}

const kindsIn = (kind) =>
  Object.keys(catalogue[kind]).flatMap((template) => [...template.matchAll(PLACE)].map(([, name]) => name)).filter((name) => !(name in AS_IS));

function recursive(kind, above = []) {
  return above.includes(kind) || kindsIn(kind).some((inner) => recursive(inner, [...above, kind]));
}

// What a phrase looks like; of one that may hold others of its kind, nothing is said beforehand.
function shape(kind) {
  if (kind in AS_IS) return AS_IS[kind];
  if (recursive(kind)) return ".+?";
  return `(?:${Object.keys(catalogue[kind]).map((template) => pattern(template, shape)).join("|")})`;
}

function templates(kind) {
  if (!compiled.has(kind)) {
    compiled.set(kind, Object.entries(catalogue[kind]).map(([template, other]) =>
      [new RegExp(`^${pattern(template, (inner, name) => `(?<${name}>${shape(inner)})`)}$`, "u"), other]));
  }
  return compiled.get(kind);
}

function phrase(text, kind) {
  for (const [expected, other] of templates(kind)) {
    const found = expected.exec(text);
    if (found === null) continue;
    const values = Object.entries(found.groups ?? {}).map(([name, value]) => {
      const inner = name.replace(/\d+$/, "");
      return [`{${name}}`, inner in AS_IS ? value : phrase(value, inner)];
    });
    if (values.every(([, value]) => value !== null)) {
      const given = Object.fromEntries(values);
      return other.replace(PLACE, (place) => given[place]);
    }
  }
  return null;
}

// The text in the page's language; null where the catalogue lacks any of its sentences.
export function translation(text, kind = "sentence") {
  const plain = text.replaceAll("\u00a0", " ");
  const whole = phrase(plain, kind);
  if (whole !== null) return whole;
  const sentences = plain.split(NEXT_SENTENCE).map((each) => phrase(each, kind));
  return sentences.includes(null) ? null : sentences.join("");
}

// { text, lang }: lang is "en" where the text stays English on a page of another language.
export function translated(text, kind = "sentence") {
  if (catalogue === null || text === "") return { text, lang: document.documentElement.lang === "en" ? null : "en" };
  const other = translation(text, kind);
  return other === null ? { text, lang: "en" } : { text: other, lang: null };
}

// Write what the service says into an element.
export function speak(element, text, kind = "sentence") {
  const said = translated(text, kind);
  if (element.textContent !== said.text) element.textContent = said.text;
  if (said.lang === null || said.text === "") element.removeAttribute("lang");
  else element.lang = said.lang;
  return element;
}

export const spoken = (tag, text, kind) => speak(h(tag), text, kind);

const NAMES = ["series", "panel", "k", "label", "step"];

// A figure's specification with its axes, legends and labels in the page's language.
export function localised(specification) {
  return catalogue === null ? specification : walked(specification);
}

const label = (value) => (typeof value === "string" ? translated(value, "label").text : value);

function walked(part) {
  if (Array.isArray(part)) return part.map(walked);
  if (part === null || typeof part !== "object") return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, member(name, value)]));
}

function member(name, value) {
  if (name === "title" && (typeof value === "string" || Array.isArray(value))) {
    return translated([value].flat().join(" "), "axis").text;
  }
  if ((name === "domain" || name === "sort") && Array.isArray(value)) return value.map(label);
  if (name === "values" && Array.isArray(value)) return value.map(row);
  if (name === "datasets") return Object.fromEntries(Object.entries(value).map(([each, rows]) => [each, rows.map(row)]));
  return walked(value);
}

const row = (values) => Object.fromEntries(
  Object.entries(values).map(([name, value]) => [name, NAMES.includes(name) ? label(value) : value]));
