// The verdict of a sweep and its three criteria, in words a reader can repeat.

import { configurationNamer } from "./configuration-names.js";
import { h, has, percent, signed, t } from "./page.js";

const SIGNS = { pass: "✓", fail: "✕", inconclusive: "?", "no-effect": "○" };
const SHOW = { share: percent, number: (value) => signed(value, 2), percent: (value) => `${signed(value)} %` };

// Each with its metric, its threshold, and how to show a value of it.
export const CRITERIA = JSON.parse(document.body.dataset.study).criteria.map((each) => ({ ...each, show: SHOW[each.unit] }));

// By intervals; results of early versions have none.
export const verdictOf = ({ gate, gate_5c: byMeans }) => gate?.verdict ?? byMeans.toLowerCase();

// In a table and on a card, what it is of is said beside it, and a headline has no room.
export const shortWord = (verdict) => word(verdict, verdict === "no-effect" ? "verdict.no-effect.short" : undefined);

export function word(verdict, text = `verdict.${verdict}`) {
  return h("span", { class: `word ${verdict}` }, h("span", { "aria-hidden": "true" }, `${SIGNS[verdict]} `), t(text));
}

export function showVerdict(section, result) {
  const verdict = verdictOf(result);
  section.hidden = false;
  section.replaceChildren(
    h("div", { class: `verdict ${verdict}` },
      h("h2", { id: "verdict-title" }, t("verdict.title")),
      word(verdict),
      (result.conclusions ?? []).map((text) => h("p", { class: "sentence" }, text)),
      verdict === "no-effect" ? null
        : h("p", { class: "pale" }, t("verdict.means", { word: t(`verdict.${result.gate_5c.toLowerCase()}`) }))),
    h("h3", {}, t("criteria.title", { name: configurationNamer(result)(result.best) })),
    h("ul", { class: "criteria" }, CRITERIA.map((criterion) => card(criterion, result.best))));
}

function card({ code, name, part, metric, show, threshold }, best) {
  const decided = best.gate?.criteria?.[code] ?? {};
  const byMeans = best.hypotheses[code] ? "pass" : "fail";
  const verdict = verdictOf(best) === "no-effect" ? "no-effect" : decided.verdict ?? byMeans;
  const { mean } = best[part][metric];
  const [low, high] = decided.ci95 ?? best[part][metric].ci95;
  const interval = low === null || low === undefined ? t("criteria.no-interval") : t("criteria.interval", { low: show(low), high: show(high) });
  return h("li", { class: "criterion" },
    h("h3", {}, t(`criteria.${name}`, { code })),
    shortWord(verdict),
    h("strong", {}, mean === null ? "–" : show(mean)),
    h("p", {}, t(`criteria.${name}.what`, { threshold: show(threshold) })),
    h("p", {}, interval),
    decided.reason ? h("p", {}, has(`reason.${decided.reason}`) ? t(`reason.${decided.reason}`) : decided.reason) : null);
}
