// Where a cap is tried: on the reader's own table, or in a drawn market. Each has a form.

import "./own-form.js";
import "./sweep-form.js";
import { $, ROOT } from "./page.js";

const FORMS = { own: $("own-form"), drawn: $("sweep-form") };

$("sources").addEventListener("change", ({ target }) => {
  for (const [name, form] of Object.entries(FORMS)) form.hidden = name !== target.value;
  history.replaceState(null, "", `${ROOT}/sweeps?data=${target.value}`);
});
document.body.dataset.ready = "true";
