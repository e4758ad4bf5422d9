// Vega-Lite specifications of an allocation.

import { t } from "./page.js";

const FONT = "Liberation Sans, Arial, Helvetica, sans-serif";
const config = {
  font: FONT, view: { stroke: null },
  axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", gridColor: "#e8e8e8", domainColor: "#999999", tickColor: "#999999", labelColor: "#222222", titleColor: "#222222", labelLimit: 120 },
  legend: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", orient: "bottom", labelColor: "#222222", titleColor: "#222222" },
};

// Whales × streamers: shades are EV; a dot where each whale is, a cross where it wanted to be.
export function picture({ whales, streamers, ev, wanted, got }) {
  const cells = whales.flatMap((whale, row) => streamers.map((streamer, at) => ({ whale, streamer, EV: ev[row][at] })))
    .filter((cell) => cell.EV !== null);
  const places = whales.flatMap((whale, row) => [
    ...(got[row] === null ? [] : [{ whale, streamer: got[row], is: t("picture.got") }]),
    ...(wanted[row] === null || wanted[row] === got[row] ? [] : [{ whale, streamer: wanted[row], is: t("picture.wanted") }]),
  ]).filter((place) => streamers.includes(place.streamer));
  const x = { field: "streamer", type: "nominal", sort: streamers, title: t("column.streamer"), axis: { orient: "top", labelAngle: streamers.length > 8 ? -90 : 0 } };
  const y = { field: "whale", type: "nominal", sort: whales, title: t("column.whale") };
  const kinds = [t("picture.got"), t("picture.wanted")];
  return {
    config, width: "container", height: { step: 22 },
    layer: [
      { data: { values: cells }, mark: { type: "rect", tooltip: { content: "data" } },
        encoding: { x, y, color: { field: "EV", type: "quantitative", title: t("picture.ev"), scale: { range: ["#eef5fa", "#0b5e8a"] } } } },
      { data: { values: places }, mark: { type: "point", filled: true, size: 110, opacity: 1, stroke: "#ffffff", strokeWidth: 1.5, tooltip: { content: "data" } },
        encoding: { x, y,
          shape: { field: "is", type: "nominal", title: null, scale: { domain: kinds, range: ["circle", "cross"] } },
          fill: { field: "is", type: "nominal", title: null, scale: { domain: kinds, range: ["#17202a", "#c2410c"] } } } },
    ],
    resolve: { legend: { color: "independent" } },
  };
}

export function load(listed) {
  const parts = listed.flatMap(({ streamer, whales, users }) => [
    { streamer, is: t("load.whales"), users: whales, order: 0 }, { streamer, is: t("load.others"), users: users - whales, order: 1 }]);
  const limits = listed.flatMap(({ streamer, k, capacity }) => [
    ...(k === null ? [] : [{ streamer, limit: t("load.k"), users: k }]),
    ...(capacity === null ? [] : [{ streamer, limit: t("load.capacity"), users: capacity }])]);
  const inks = Object.entries({ [t("load.k")]: "#b00020", [t("load.capacity")]: "#222222" })
    .filter(([name]) => limits.some(({ limit }) => limit === name));
  const y = { field: "streamer", type: "nominal", sort: listed.map(({ streamer }) => streamer), title: null };
  return {
    config, width: "container", height: { step: 26 },
    layer: [
      { data: { values: parts }, mark: { type: "bar", tooltip: { content: "data" } },
        encoding: { y, x: { field: "users", type: "quantitative", title: t("load.axis"), stack: true, axis: { tickMinStep: 1, format: "d" } },
          order: { field: "order" },
          color: { field: "is", type: "nominal", title: null, scale: { domain: [t("load.whales"), t("load.others")], range: ["#0b5e8a", "#8fb9d1"] } } } },
      ...(limits.length ? [{ data: { values: limits }, mark: { type: "tick", thickness: 3, size: 24, tooltip: { content: "data" } },
        encoding: { y, x: { field: "users", type: "quantitative" },
          color: { field: "limit", type: "nominal", title: null, scale: { domain: inks.map(([name]) => name), range: inks.map(([, ink]) => ink) } } } }] : []),
    ],
    resolve: { scale: { color: "independent" } },
  };
}

export function prices(listed) {
  const values = listed.flatMap(({ streamer, price_k: k, price_capacity: capacity }) => [
    { streamer, of: t("load.k"), price: k }, { streamer, of: t("load.capacity"), price: capacity }]).filter(({ price }) => price > 0);
  return {
    config, width: "container", height: { step: 26 }, data: { values },
    mark: { type: "bar", tooltip: { content: "data" } },
    encoding: {
      y: { field: "streamer", type: "nominal", sort: listed.map(({ streamer }) => streamer), title: null },
      x: { field: "price", type: "quantitative", title: t("prices.axis") },
      color: { field: "of", type: "nominal", title: null, scale: { domain: [t("load.k"), t("load.capacity")], range: ["#0b5e8a", "#c2410c"] } },
    },
  };
}

export function curve({ k, objective, marginal }, chosen) {
  const values = k.map((each, at) => ({ k: each, worth: objective[at], adds: marginal[at] }));
  const x = { field: "k", type: "ordinal", title: t("curve.k"), axis: { labelAngle: 0, labelOverlap: true } };
  const here = { condition: { test: `datum.k === ${chosen}`, value: "#c2410c" }, value: "#0b5e8a" };
  const side = { width: 360, height: 260 };
  return {
    config, data: { values },
    hconcat: [
      { ...side, layer: [
        { mark: { type: "line", color: "#0b5e8a" }, encoding: { x, y: { field: "worth", type: "quantitative", title: t("curve.worth"), scale: { zero: false } } } },
        { mark: { type: "point", filled: true, size: 80, opacity: 1, tooltip: { content: "data" } }, encoding: { x, y: { field: "worth", type: "quantitative" }, color: here } }] },
      { ...side, transform: [{ filter: "datum.k > 1" }], mark: { type: "bar", tooltip: { content: "data" } },
        encoding: { x, y: { field: "adds", type: "quantitative", title: t("curve.adds") }, color: here } },
    ],
  };
}
