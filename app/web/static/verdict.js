// The verdict of a sweep and its three criteria, in words a reader can repeat.

import { count, h, percent, signed, t } from "./page.js";
import { naming } from "./sweep-table.js";

const SIGNS = { pass: "✓", fail: "✕", inconclusive: "?" };

export const CRITERIA = [
  { id: "H5C-1", part: "metrics", metric: "overcrowded_share", show: percent },
  { id: "H5C-2", part: "delta", metric: "streamer_gini", show: (value) => signed(value, 2) },
  { id: "H5C-3", part: "delta", metric: "revenue_pct", show: (value) => `${signed(value)} %` },
];

export const verdictOf = (each) => String(each.gate?.verdict ?? each.gate_5c).toLowerCase();

export function word(verdict) {
  return h("span", { class: `word ${verdict}` }, h("span", { "aria-hidden": "true" }, `${SIGNS[verdict]} `), t(`verdict.${verdict}`));
}

export function showVerdict(section, result) {
  const verdict = verdictOf(result);
  section.hidden = false;
  section.replaceChildren(
    h("div", { class: `verdict ${verdict}` },
      h("h2", { id: "verdict-title" }, t("verdict.title")),
      word(verdict),
      h("p", { class: "sentence" }, sentence(result, verdict)),
      h("p", { class: "pale" }, t("verdict.means", { word: t(`verdict.${result.gate_5c.toLowerCase()}`) }))),
    h("h3", {}, t("criteria.title", { name: naming(result)(result.best) })),
    h("ul", { class: "criteria" }, CRITERIA.map((criterion) => card(criterion, result.best))));
}

function sentence(result, verdict) {
  const all = result.results.map(verdictOf);
  const open = all.filter((each) => each === "inconclusive").length;
  if (all.length === 1) return t(`verdict.only.${verdict}`);
  const values = { passing: count(all.filter((each) => each === "pass").length), open: count(open), all: count(all.length) };
  if (verdict === "pass") return t("verdict.some", values);
  return t(verdict === "fail" ? "verdict.none" : "verdict.open", values);
}

function card({ id, part, metric, show }, best) {
  const decided = best.gate?.criteria?.[id] ?? {};
  const verdict = decided.verdict ?? (best.hypotheses[id] ? "pass" : "fail");
  const { mean } = best[part][metric];
  const [low, high] = decided.ci95 ?? best[part][metric].ci95;
  const interval = low === null || low === undefined ? t("criteria.no-interval") : t("criteria.interval", { low: show(low), high: show(high) });
  return h("li", { class: "criterion" },
    h("h3", {}, t(`criteria.${id}`)),
    word(verdict),
    h("strong", {}, mean === null ? "–" : show(mean)),
    h("p", {}, t(`criteria.${id}.what`)),
    h("p", {}, interval),
    decided.reason ? h("p", {}, t(`reason.${decided.reason}`)) : null);
}

