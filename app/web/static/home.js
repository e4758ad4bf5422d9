// The latest experiments.

import { explain, get } from "./api.js";
import { chip, progress, title } from "./experiments.js";
import { $, h, ROOT, t } from "./page.js";
import { plainTable, wide } from "./tables.js";

try {
  const { experiments } = await get(`${ROOT}/experiments?limit=5`);
  if (experiments.length === 0) {
    $("recent").replaceChildren(h("p", { class: "pale" }, t("history.none")));
  } else {
    const rows = experiments.map((each) => [title(each), chip(each.state), progress(each)]);
    const heads = [t("column.experiment"), t("column.state"), t("column.progress")];
    $("recent").replaceChildren(wide(plainTable(t("home.recent.caption"), heads, rows)),
      h("p", {}, h("a", { href: `${ROOT}/history` }, t("home.all"))));
  }
} catch (error) {
  $("recent").replaceChildren(explain(h("p", { class: "wrong" }), error));
}
document.body.dataset.ready = "true";
