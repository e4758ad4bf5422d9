// An allocation and what explains it, section by section.

import { curve, load, picture, prices } from "./allocation-charts.js";
import { draw } from "./charts.js";
import { $, amount, count, h, plain, t } from "./page.js";
import { plainTable, sortable, wide } from "./tables.js";

const DRAWN = 24;

export async function show(answer, curveAnswer, settings) {
  $("result").hidden = false;
  showWorth(answer);
  const drawings = [showPicture(answer.picture), showLoad(answer.streamers), showCurve(curveAnswer, settings.k)];
  showDisplaced(answer);
  await Promise.all(drawings);
}

function showWorth({ objective, certificate, displaced, metrics, notes, whales }) {
  const proven = certificate.proven_optimal;
  $("worth").className = `verdict ${proven ? "pass" : "inconclusive"}`;
  const sentence = proven ? t(`certificate.${certificate.scope}`)
    : t("certificate.gap", { gap: amount(certificate.gap), bound: amount(certificate.upper_bound) });
  const fact = (name, value) => h("div", {}, h("dt", {}, t(name)), h("dd", {}, value));
  $("worth").replaceChildren(
    h("h2", { id: "worth-title", tabindex: "-1" }, t("worth.title")),
    h("span", { class: "word", id: "total" }, amount(objective.total)),
    h("p", { class: "sentence", id: "certificate" }, proven ? h("span", { "aria-hidden": "true" }, "✓ ") : null, sentence),
    h("dl", { class: "facts" }, fact("worth.whale", amount(objective.whale)), fact("worth.normal", amount(objective.normal)),
      fact("worth.whales", count(whales.length)), fact("worth.displaced", count(displaced.whales)),
      fact("worth.unallocated", count(metrics.unallocated_users))),
    notes.length ? h("details", {}, h("summary", {}, t("worth.notes")), h("ul", { lang: "en" }, notes.map((note) => h("li", {}, note)))) : null);
}

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
  const values = { shown: count(given.whales.length), whales: count(given.of_whales), streamers: count(given.streamers.length), of: count(given.of_streamers) };
  const { figure, drawn } = charted(t("picture.title"), t("picture.caption", values), picture(given));
  $("picture").replaceChildren(figure);
  await drawn();
}

function showDisplaced({ displaced }) {
  const { largest } = displaced;
  if (!largest.length) {
    $("displaced").replaceChildren(h("p", {}, t("displaced.none")));
    return;
  }
  const values = { whales: count(displaced.whales), whale_cost: amount(displaced.whale_cost), users: count(displaced.users - displaced.whales), cost: amount(displaced.cost - displaced.whale_cost) };
  const columns = [
    { title: t("column.user"), text: true, value: (row) => row.user, cell: (row) => row.user },
    { title: t("column.tier"), text: true, value: (row) => row.whale, cell: (row) => t(row.whale ? "tier.whale" : "tier.normal") },
    { title: t("column.wanted"), text: true, value: (row) => row.wanted, cell: (row) => t("displaced.place", { streamer: row.wanted, ev: amount(row.wanted_ev) }) },
    { title: t("column.got"), text: true, value: (row) => row.got, cell: (row) => (row.got === null ? t("displaced.nowhere") : t("displaced.place", { streamer: row.got, ev: amount(row.ev) })) },
    { title: t("column.cost"), value: (row) => row.cost, cell: (row) => amount(row.cost) },
  ];
  $("displaced").replaceChildren(h("p", {}, t(displaced.users > displaced.whales ? "displaced.sentence.both" : "displaced.sentence", values)),
    wide(sortable(t("displaced.caption", { shown: count(Math.min(largest.length, 50)), users: count(displaced.users) }), columns, largest.slice(0, 50))));
}

async function showLoad({ count: all, listed }) {
  const drawn = listed.slice(0, DRAWN);
  const loads = charted(t("load.title"), t("load.caption", { shown: count(drawn.length), all: count(all) }), load(drawn));
  const priced = drawn.filter((each) => each.price_k > 0 || each.price_capacity > 0);
  const price = priced.length ? charted(t("prices.title"), t("prices.caption"), prices(priced)) : null;
  const columns = [
    { title: t("column.streamer"), text: true, value: (row) => row.streamer, cell: (row) => row.streamer },
    ...["whales", "wanted", "users"].map((name) => ({ title: t(`column.${name}`), value: (row) => row[name], cell: (row) => count(row[name]) })),
    ...["k", "capacity"].map((name) => ({ title: t(`column.${name}`), value: (row) => row[name], cell: (row) => (row[name] === null ? "∞" : count(row[name])) })),
    ...["price_k", "price_capacity"].map((name) => ({ title: t(`column.${name}`), value: (row) => row[name], cell: (row) => (row[name] ? plain(row[name], 4) : "0") })),
  ];
  const table = h("details", {}, h("summary", {}, t("load.table")),
    wide(sortable(t("load.table.caption", { shown: count(Math.min(100, listed.length)), all: count(all) }), columns, listed.slice(0, 100))));
  $("load").replaceChildren(loads.figure, h("h3", {}, t("prices.title")), price?.figure ?? h("p", {}, t("prices.none")), table);
  await loads.drawn();
  await price?.drawn();
}

async function showCurve(answer, k) {
  if (answer === null) {
    $("curve").replaceChildren(h("p", { class: "pale" }, t("curve.none")));
    return;
  }
  const said = [];
  const more = typeof k === "number" ? answer.marginal[k] : undefined;
  if (more !== undefined && k > 0) {
    said.push(more > 1e-9 * answer.objective.at(-1) ? t("curve.more", { k: count(k), next: count(k + 1), more: amount(more) }) : t("curve.enough", { k: count(k) }));
  }
  const [dearest, gain] = Object.entries(answer.slot_gain).sort((a, b) => b[1] - a[1])[0] ?? [];
  if (dearest !== undefined) said.push(t("curve.slot", { streamer: dearest, gain: amount(gain) }));
  const { figure, drawn } = charted(t("curve.title"), t("curve.caption"), curve(answer, typeof k === "number" ? k : -1));
  const rows = answer.k.map((each, at) => [count(each), amount(answer.objective[at]), at ? amount(answer.marginal[at]) : "–"]);
  $("curve").replaceChildren(...said.map((sentence) => h("p", {}, sentence)), figure,
    h("details", {}, h("summary", {}, t("curve.table")), wide(plainTable(t("curve.caption"), [t("curve.k"), t("curve.worth"), t("curve.adds")], rows))));
  await drawn();
}
