// An allocation and what explains it, section by section.

import { curve, load, picture, prices } from "./allocation-charts.js";
import { draw } from "./charts.js";
import { $, amount, count, h, plain, t } from "./page.js";
import { plainTable, sortable, wide } from "./tables.js";

const DRAWN = 24;
const LISTED = 100;

export async function show(answer, curveAnswer, settings) {
  $("result").hidden = false;
  showWorth(answer);
  showDisplaced(answer.displaced);
  await Promise.all([showPicture(answer.picture), showLoad(answer.streamers), showCurve(curveAnswer, settings.k)]);
}

function showWorth({ objective, certificate, displaced, metrics, notes, whales }) {
  const { proven_optimal: proven, gap, upper_bound: bound, scope } = certificate;
  const sentence = proven ? t(`certificate.${scope}`) : t("certificate.gap", { gap: amount(gap), bound: amount(bound) });
  const facts = {
    "worth.whale": amount(objective.whale), "worth.normal": amount(objective.normal),
    "worth.whales": count(whales.length), "worth.displaced": count(displaced.whales),
    "worth.unallocated": count(metrics.unallocated_users),
  };
  const short = metrics.unallocated_whales > 0; // then the first note says so
  const further = short ? notes.slice(1) : notes;
  $("worth").className = `verdict ${proven && !short ? "pass" : "inconclusive"}`;
  $("worth").replaceChildren(
    h("h2", { id: "worth-title", tabindex: "-1" }, t("worth.title")),
    ...(short ? [warning(notes[0])] : []),
    h("span", { class: "word", id: "total" }, amount(objective.total)),
    h("p", { class: "sentence", id: "certificate" }, proven && h("span", { "aria-hidden": "true" }, "✓ "), sentence),
    h("dl", { class: "facts" }, Object.entries(facts).map(([name, value]) => h("div", {}, h("dt", {}, t(name)), h("dd", {}, value)))),
    further.length ? folded(t("worth.notes"), h("ul", {}, further.map((note) => h("li", {}, note)))) : "");
}

const warning = (note) =>
  h("p", { class: "notice" }, h("span", { "aria-hidden": "true" }, "⚠ "), h("span", { id: "shortage" }, note));

const folded = (summary, content) => h("details", {}, h("summary", {}, summary), content);

function charted(label, caption, specification) {
  const place = h("div", { class: "chart" });
  const figure = h("figure", { class: "figure" }, h("figcaption", {}, h("span", {}, caption)), place);
  return { figure, drawn: () => draw(place, specification, { label: `${label}. ${caption}` }) };
}

async function showPicture(given) {
  if (!given.whales.length) {
    $("picture").replaceChildren(h("p", { class: "pale" }, t("picture.none")));
    return;
  }
  const caption = t("picture.caption", {
    shown: count(given.whales.length), whales: count(given.of_whales),
    streamers: count(given.streamers.length), of: count(given.of_streamers),
  });
  const { figure, drawn } = charted(t("picture.title"), caption, picture(given));
  $("picture").replaceChildren(figure);
  await drawn();
}

function textColumn(name, value, cell = value) {
  return { title: t(`column.${name}`), text: true, value, cell };
}

function numberColumn(name, write = count) {
  return { title: t(`column.${name}`), value: (row) => row[name], cell: (row) => write(row[name]) };
}

const DISPLACED = [
  textColumn("user", (row) => row.user),
  textColumn("tier", (row) => row.whale, (row) => t(row.whale ? "tier.whale" : "tier.normal")),
  textColumn("wanted", (row) => row.wanted, (row) => placed(row.wanted, row.wanted_ev)),
  textColumn("got", (row) => row.got, (row) => placed(row.got, row.ev)),
  numberColumn("cost", amount),
];

function placed(streamer, ev) {
  return streamer === null ? t("displaced.nowhere") : t("displaced.place", { streamer, ev: amount(ev) });
}

function showDisplaced({ whales, whale_cost: whaleCost, users, cost, largest }) {
  if (!largest.length) {
    $("displaced").replaceChildren(h("p", {}, t("displaced.none")));
    return;
  }
  const sentence = t(users > whales ? "displaced.sentence.both" : "displaced.sentence", {
    whales: count(whales), whale_cost: amount(whaleCost), users: count(users - whales), cost: amount(cost - whaleCost),
  });
  const shown = largest.slice(0, LISTED);
  const caption = t("displaced.caption", { shown: count(shown.length), users: count(users) });
  $("displaced").replaceChildren(h("p", {}, sentence), wide(sortable(caption, DISPLACED, shown)));
}

const orUnbounded = (limit) => (limit === null ? "∞" : count(limit));
const price = (value) => plain(value, 4);

const STREAMERS = [
  textColumn("streamer", (row) => row.streamer),
  numberColumn("whales"), numberColumn("wanted"), numberColumn("users"),
  numberColumn("k", orUnbounded), numberColumn("capacity", orUnbounded),
  numberColumn("price_k", price), numberColumn("price_capacity", price),
];

async function showLoad({ count: all, listed }) {
  const drawn = listed.slice(0, DRAWN);
  const shown = listed.slice(0, LISTED);
  const loads = charted(t("load.title"), t("load.caption", { shown: count(drawn.length), all: count(all) }), load(drawn));
  const priced = drawn.filter((each) => each.price_k > 0 || each.price_capacity > 0);
  const priceChart = priced.length ? charted(t("prices.title"), t("prices.caption"), prices(priced)) : null;
  const caption = t("load.table.caption", { shown: count(shown.length), all: count(all) });
  $("load").replaceChildren(
    loads.figure,
    h("h3", {}, t("prices.title")),
    priceChart?.figure ?? h("p", {}, t("prices.none")),
    folded(t("load.table"), wide(sortable(caption, STREAMERS, shown))));
  await loads.drawn();
  await priceChart?.drawn();
}

async function showCurve(answer, k) {
  if (answer === null) {
    $("curve").replaceChildren(h("p", { class: "pale" }, t("curve.none")));
    return;
  }
  const chosen = typeof k === "number" ? k : -1;
  const { figure, drawn } = charted(t("curve.title"), t("curve.caption"), curve(answer, chosen));
  const rows = answer.k.map((each, at) => [count(each), amount(answer.objective[at]), at ? amount(answer.marginal[at]) : "–"]);
  const table = plainTable(t("curve.caption"), [t("curve.k"), t("curve.worth"), t("curve.adds")], rows);
  $("curve").replaceChildren(
    ...describeCurve(answer, chosen).map((sentence) => h("p", {}, sentence)), figure, folded(t("curve.table"), wide(table)));
  await drawn();
}

function describeCurve({ objective, marginal, slot_gain: gains }, k) {
  const sentences = [];
  if (k > 0 && k < marginal.length) {
    const adds = marginal[k] > 1e-9 * Math.abs(objective.at(-1));
    sentences.push(adds ? t("curve.more", { k: count(k), next: count(k + 1), more: amount(marginal[k]) }) : t("curve.enough", { k: count(k) }));
  }
  const [dearest] = Object.entries(gains).sort((a, b) => b[1] - a[1]);
  if (dearest !== undefined) sentences.push(t("curve.slot", { streamer: dearest[0], gain: amount(dearest[1]) }));
  return sentences;
}
