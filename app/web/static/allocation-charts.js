// Vega-Lite specifications of an allocation.

import { t } from "./page.js";

const ACCENT = "#0b5e8a";
const CONTRAST = "#c2410c";
const INK = { labelColor: "#222222", titleColor: "#222222", titleFontWeight: "normal", labelFontSize: 12, titleFontSize: 12 };

const config = {
  font: "Liberation Sans, Arial, Helvetica, sans-serif",
  view: { stroke: null },
  axis: { ...INK, gridColor: "#e8e8e8", domainColor: "#999999", tickColor: "#999999", labelLimit: 120 },
  legend: { ...INK, orient: "bottom" },
};

const tooltip = { content: "data" };
const number = (field, title, more = {}) => ({ field, type: "quantitative", title, ...more });
const name = (field, title, sort, more = {}) => ({ field, type: "nominal", title, sort, ...more });

// Kinds told apart by colour: [name, colour] each.
const kinds = (field, each) => ({
  field, type: "nominal", title: null,
  scale: { domain: each.map(([kind]) => kind), range: each.map(([, colour]) => colour) },
});

// Whales × streamers: shades are EV; a dot where each whale is, a cross where it wanted to be.
export function picture({ whales, streamers, ev, wanted, got }) {
  const is = { got: t("picture.got"), wanted: t("picture.wanted") };
  const nowhere = `\u200b${t("displaced.nowhere")}`; // no streamer is called so
  const columns = got.includes(null) ? [nowhere, ...streamers] : streamers;
  const cells = whales.flatMap((whale, row) => streamers.map((streamer, at) => ({ whale, streamer, EV: ev[row][at] })))
    .filter((cell) => cell.EV !== null);
  // Dots are drawn last: where columns are narrow, no cross is over one.
  const crosses = whales.map((whale, row) => ({ whale, streamer: wanted[row], is: is.wanted }))
    .filter(({ streamer }, row) => streamer !== got[row] && streamers.includes(streamer));
  const places = [...crosses, ...whales.map((whale, row) => ({ whale, streamer: got[row] ?? nowhere, is: is.got }))];
  const labelAngle = columns.length > 8 ? -90 : 0;
  const x = name("streamer", t("column.streamer"), columns, {
    scale: { domain: columns }, axis: { orient: "top", labelAngle, labelOverlap: true },
  });
  const y = name("whale", t("column.whale"), whales);
  const shapes = { domain: Object.values(is), range: ["circle", "cross"] };
  return {
    config, width: "container", height: { step: 22 },
    layer: [
      {
        data: { values: cells }, mark: { type: "rect", tooltip },
        encoding: { x, y, color: number("EV", t("picture.ev"), { scale: { range: ["#eef5fa", ACCENT] }, legend: { gradientLength: 120, tickCount: 4 } }) },
      },
      {
        data: { values: places },
        mark: {
          type: "point", filled: true, opacity: 1, stroke: "#ffffff", strokeWidth: 1.5, tooltip,
          size: { expr: `min(110, pow(width / ${columns.length}, 2))` },
        },
        encoding: {
          x, y, shape: { field: "is", type: "nominal", title: null, scale: shapes },
          fill: kinds("is", [[is.got, "#17202a"], [is.wanted, CONTRAST]]),
        },
      },
    ],
    resolve: { legend: { color: "independent" } },
  };
}

// Bars of users, and where k and capacity end them.
export function load(listed) {
  const users = listed.flatMap(({ streamer, whales, users: all }) => [
    { streamer, is: t("load.whales"), users: whales, order: 0 },
    { streamer, is: t("load.others"), users: all - whales, order: 1 },
  ]);
  const limits = listed.flatMap(({ streamer, k, capacity }) => [
    { streamer, limit: t("load.k"), users: k },
    { streamer, limit: t("load.capacity"), users: capacity },
  ]).filter((each) => each.users !== null);
  const inks = [[t("load.k"), "#b00020"], [t("load.capacity"), "#222222"]]
    .filter(([kind]) => limits.some(({ limit }) => limit === kind));
  const y = name("streamer", null, listed.map(({ streamer }) => streamer));
  const bars = {
    data: { values: users }, mark: { type: "bar", tooltip },
    encoding: {
      y, x: number("users", t("load.axis"), { stack: true, axis: { tickMinStep: 1, format: "d" } }),
      order: { field: "order" },
      color: kinds("is", [[t("load.whales"), ACCENT], [t("load.others"), "#8fb9d1"]]),
    },
  };
  const ticks = {
    data: { values: limits }, mark: { type: "tick", thickness: 3, size: 24, tooltip },
    encoding: { y, x: number("users"), color: kinds("limit", inks) },
  };
  return {
    config, width: "container", height: { step: 26 }, layer: limits.length ? [bars, ticks] : [bars],
    resolve: { scale: { color: "independent" } },
  };
}

export function prices(listed) {
  const values = listed.flatMap(({ streamer, price_k: k, price_capacity: capacity }) => [
    { streamer, of: t("load.k"), price: k },
    { streamer, of: t("load.capacity"), price: capacity },
  ]).filter(({ price }) => price > 0);
  return {
    config, width: "container", height: { step: 26 }, data: { values }, mark: { type: "bar", tooltip },
    encoding: {
      y: name("streamer", null, listed.map(({ streamer }) => streamer)),
      x: number("price", t("prices.axis")),
      color: kinds("of", [[t("load.k"), ACCENT], [t("load.capacity"), CONTRAST]]),
    },
  };
}

// What every k is worth, and what it adds to the one before; the chosen k in the other colour.
export function curve({ k, objective, marginal }, chosen) {
  const values = k.map((each, at) => ({ k: each, worth: objective[at], adds: marginal[at] }));
  const x = { field: "k", type: "ordinal", title: t("curve.k"), axis: { labelAngle: 0, labelOverlap: true } };
  const color = { condition: { test: `datum.k === ${chosen}`, value: CONTRAST }, value: ACCENT };
  const y = number("worth", t("curve.worth"), { scale: { zero: false } });
  const side = { width: 360, height: 260 };
  return {
    config, data: { values },
    hconcat: [
      {
        ...side,
        layer: [
          { mark: { type: "line", color: ACCENT }, encoding: { x, y } },
          { mark: { type: "point", filled: true, size: 80, opacity: 1, tooltip }, encoding: { x, y, color } },
        ],
      },
      {
        ...side, transform: [{ filter: "datum.k > 1" }], mark: { type: "bar", tooltip },
        encoding: { x, y: number("adds", t("curve.adds")), color },
      },
    ],
  };
}
