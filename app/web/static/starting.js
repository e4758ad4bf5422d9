// Says why a service that has just started does not compute yet, and how far it is.

import { $, ROOT } from "./page.js";
import { speak } from "./translate.js";

const PAUSE = 1000; // milliseconds between two looks

async function reason() {
  try {
    const response = await fetch(`${ROOT}/readyz`, { cache: "no-store" });
    return response.status === 503 ? (await response.json()).detail : null;
  } catch {
    return null; // it is away: what a reader asks for next says so
  }
}

for (;;) {
  const text = await reason();
  $("starting").hidden = !text;
  if (!text) break;
  speak($("starting"), text, "refusal");
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
