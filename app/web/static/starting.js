// Says why a service that has just started does not compute yet, and how far it is.

import { $, language, ROOT } from "./page.js";

const PAUSE = 1000; // milliseconds between two looks

async function reason() {
  try {
    const response = await fetch(`${ROOT}/readyz`, { cache: "no-store", headers: { "Accept-Language": language } });
    return response.status === 503 ? (await response.json()).detail : null;
  } catch {
    return null; // it is away: what a reader asks for next says so
  }
}

for (;;) {
  const text = await reason();
  $("starting").hidden = !text;
  if (!text) break;
  $("starting").textContent = text;
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
