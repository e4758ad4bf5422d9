// Calls of the service, with the reader's key where it asks for one.

import { $, language, t } from "./page.js";

const KEPT = "whale-key";

takeFromAddress();

// serve prints an address that ends in #key=…: the key is kept, and the address forgets it.
function takeFromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given === null) return;
  sessionStorage.setItem(KEPT, given);
  history.replaceState(null, "", location.pathname + location.search);
}

export const hasKey = () => sessionStorage.getItem(KEPT) !== null;

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? t("error.unknown", { status }));
    this.status = status;
    this.field = problem.field;
  }
}

export async function call(address, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEPT);
    const headers = new Headers(options.headers);
    if (key !== null) headers.set("Authorization", `Bearer ${key}`);
    headers.set("Accept-Language", language);
    headers.set("X-Requested-With", "whale-matching"); // no form of another page can send it
    const response = await fetch(address, { ...options, headers, cache: "no-store" });
    if (response.status !== 401) return response;
    if (key === sessionStorage.getItem(KEPT)) await askForKey(key !== null);
    options.signal?.throwIfAborted();
  }
}

export async function get(address, options) {
  const response = await call(address, options);
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}

export async function blob(address) {
  const response = await call(address);
  if (!response.ok) throw await refusal(response);
  return response.blob();
}

export async function refusal(response) {
  let problem = {};
  try {
    problem = await response.json();
  } catch { /* not a problem document */ }
  return new Refusal(response.status, problem);
}

// Say in an element what went wrong.
export function explain(element, error) {
  element.textContent = error.status ? error.message : t("error.away");
  return element;
}

let asking = null;

// Once, however many calls wait for it.
function askForKey(refused) {
  asking ??= new Promise((resolve) => {
    const dialog = $("key-dialog");
    $("key-wrong").textContent = refused ? t("key.wrong") : "";
    dialog.addEventListener("close", () => {
      const given = $("key").value.trim();
      asking = null;
      if (given) sessionStorage.setItem(KEPT, given);
      else sessionStorage.removeItem(KEPT);
      $("key").value = "";
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

// Server-sent events by fetch, which can bring a key. Returns the id of the last event when the
// stream ends; throws when it breaks, and `seen` then tells where.
export async function events(address, seen, onEvent, signal) {
  const headers = seen.id ? { "Last-Event-ID": seen.id } : {};
  const response = await call(address, { headers, signal });
  if (response.status === 204) return;
  if (!response.ok) throw await refusal(response);
  seen.open?.();
  let rest = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parsed(block);
      if (event.data === undefined) continue;
      onEvent(event.event, JSON.parse(event.data));
      seen.id = event.id ?? seen.id;
    }
  }
}

function parsed(block) {
  const event = {};
  for (const line of block.split(/\r?\n/)) {
    const at = line.indexOf(":");
    if (at > 0) event[line.slice(0, at)] = line.slice(at + 1).replace(/^ /, "");
  }
  return event;
}
