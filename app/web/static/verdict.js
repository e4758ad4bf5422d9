// Verdicts in words and signs: whether a cap is worth having, and what the published rule says.

import { configurationNamer } from "./configuration-names.js";
import { h, has, percent, signed, t } from "./page.js";

// By verdict: its sign, and how it looks. Those of the published rule look as they are named.
const LOOKS = {
  worth_it: ["✓", "pass"], not_worth_it: ["✕", "fail"], no_effect: ["○", "no-effect"], undecided: ["?", "inconclusive"], depends: ["◐", "no-effect"],
  pass: ["✓", "pass"], fail: ["✕", "fail"], inconclusive: ["?", "inconclusive"], "no-effect": ["○", "no-effect"],
};
const SHOW = { share: percent, number: (value) => signed(value, 2), percent: (value) => `${signed(value)} %` };

export const lookOf = (verdict) => LOOKS[verdict][1];

// The criteria of the published rule, each with its metric, its threshold, and how to show a value.
export const CRITERIA = JSON.parse(document.body.dataset.study).criteria.map((each) => ({ ...each, show: SHOW[each.unit] }));

// The changes of rule and the metrics that are shown of each, with how to show a value.
export const EFFECTS = ["cap", "fairness", "priority", "capacity", "total"];

// The changes of rule that verdicts are by: the first of them that a configuration has.
export const JUDGED = ["cap", "fairness", "total"];
export const EFFECT_METRICS = [["expected_revenue_pct", SHOW.percent], ["expected_streamer_gini", SHOW.number]];

// Of a configuration: by the effect of its cap; in results of early versions, by the criteria.
export const verdictOf = ({ verdict, gate, gate_5c: byMeans }) => verdict ?? gate?.verdict ?? byMeans.toLowerCase();

// In a table and on a card, what it is of is said beside it, and a headline has no room.
export const shortWord = (verdict) => word(verdict, verdict === "no-effect" ? "verdict.no-effect.short" : undefined);

export function word(verdict, text = `verdict.${verdict}`) {
  return h("span", { class: `word ${lookOf(verdict)}` }, h("span", { "aria-hidden": "true" }, `${LOOKS[verdict][0]} `), t(text));
}

const isAnswered = (result) => Boolean(result.answer);

// The texts of an answer: one, or one for each setting of capacities and users a round.
export const answerTexts = ({ text, parts }) => (parts?.length ? parts : [text]);

// A single text as a paragraph, several as a list.
export function sentences(texts, attributes = {}) {
  if (texts.length === 1) return h("p", attributes, texts[0]);
  return h("ul", attributes, texts.map((text) => h("li", {}, text)));
}

// The answer of a sweep; of early versions, which have none, what the published rule says.
export function showVerdict(section, { result, verdict }) {
  const texts = isAnswered(result) ? answerTexts(result.answer) : result.conclusions ?? [];
  section.hidden = false;
  section.replaceChildren(
    h("div", { class: `verdict ${lookOf(verdict)}` },
      h("h2", { id: "verdict-title" }, t("verdict.title")),
      word(verdict),
      sentences(texts, { class: "sentence" })));
}

// What the published rule says, in one line, and the criteria behind it.
export function showPublishedRule(section, result) {
  const last = isAnswered(result) ? result.conclusions?.at(-1) : null;
  section.hidden = false;
  section.querySelector("div").replaceChildren(
    h("p", {}, last ?? t("verdict.means", { word: t(`verdict.${result.gate_5c.toLowerCase()}`) })),
    h("h3", {}, t("criteria.title", { name: configurationNamer(result)(result.best) })),
    h("ul", { class: "criteria" }, CRITERIA.map((criterion) => card(criterion, result.best))));
}

function card({ code, name, part, metric, show, threshold }, best) {
  const decided = best.gate?.criteria?.[code] ?? {};
  const byMeans = best.hypotheses[code] ? "pass" : "fail";
  const verdict = best.gate?.verdict === "no-effect" ? "no-effect" : decided.verdict ?? byMeans;
  const { mean } = best[part][metric];
  const [low, high] = decided.ci95 ?? best[part][metric].ci95;
  const interval = low === null || low === undefined ? t("criteria.no-interval") : t("criteria.interval", { low: show(low), high: show(high) });
  return h("li", { class: "criterion" },
    h("h4", {}, t(`criteria.${name}`, { code })),
    shortWord(verdict),
    h("strong", {}, mean === null ? "–" : show(mean)),
    h("p", {}, t(`criteria.${name}.what`, { threshold: show(threshold) })),
    h("p", {}, interval),
    decided.reason ? h("p", {}, has(`reason.${decided.reason}`) ? t(`reason.${decided.reason}`) : decided.reason) : null);
}
