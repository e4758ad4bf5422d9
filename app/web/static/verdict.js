// The verdict of a sweep and its three criteria, in words a reader can repeat.

import { configurationNamer } from "./configuration-names.js";
import { count, h, has, percent, signed, t } from "./page.js";

const SIGNS = { pass: "✓", fail: "✕", inconclusive: "?", "no-effect": "○" };

// What the server knows of studies: criteria, verdicts from the best, and the level of tests.
const STUDY = JSON.parse(document.body.dataset.study);

const SHOW = { share: percent, number: (value) => signed(value, 2), percent: (value) => `${signed(value)} %` };

// Each with its metric, its threshold, and how to show a value of it.
export const CRITERIA = STUDY.criteria.map((each) => ({ ...each, show: SHOW[each.unit] }));

// A cap that binds in no round changes nothing, whatever the figures are.
const takesEffect = ({ k, binding }) => (k ?? null) === null || !binding || binding.binding_rounds > 0;

export function verdictOf(each) {
  if (each.results) {
    const all = each.results.map(verdictOf);
    return STUDY.verdicts.find((verdict) => all.includes(verdict));
  }
  return takesEffect(each) ? String(each.gate?.verdict ?? each.gate_5c).toLowerCase() : "no-effect";
}

const giniFallStands = ({ delta }) => (delta.streamer_gini.p_holm ?? 1) <= STUDY.level;

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
      h("p", { class: "sentence" }, sentence(result, verdict)),
      verdict === "no-effect" ? null
        : h("p", { class: "pale" }, t("verdict.means", { word: t(`verdict.${result.gate_5c.toLowerCase()}`) }))),
    h("h3", {}, t("criteria.title", { name: configurationNamer(result)(result.best) })),
    h("ul", { class: "criteria" }, CRITERIA.map((criterion) => card(criterion, result.best))));
}

function sentence(result, verdict) {
  const all = result.results.map(verdictOf);
  const number = (wanted) => all.filter((each) => each === wanted).length;
  if (verdict === "no-effect") return t("verdict.idle");
  const doubt = verdict === "pass" && !result.results.some((each) => verdictOf(each) === "pass" && giniFallStands(each));
  const said = [];
  if (all.length === 1) {
    said.push(t(`verdict.only.${verdict}`));
  } else {
    const values = { passing: count(number("pass")), open: count(number("inconclusive")), all: count(all.length) };
    said.push(t({ pass: doubt ? "verdict.some" : "verdict.some.sure", fail: "verdict.none", inconclusive: "verdict.open" }[verdict], values));
  }
  if (doubt) said.push(t("verdict.doubt"));
  if (number("no-effect")) said.push(t("verdict.some.idle", { idle: count(number("no-effect")) }));
  return said.join(document.documentElement.lang === "zh" ? "" : " ");
}

function card({ code, name, part, metric, show, threshold }, best) {
  const decided = best.gate?.criteria?.[code] ?? {};
  const plain = best.hypotheses[code] ? "pass" : "fail";
  const verdict = takesEffect(best) ? decided.verdict ?? plain : "no-effect";
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

