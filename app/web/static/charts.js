// Vega-Lite specifications on a page: in its colours, as wide as it is, and to be touched.

import { $, h, has, plain, t } from "./page.js";

const DARK = {
  "#222222": "#e7ebef", "#666666": "#a7b2bd", "#555555": "#b9c3cc", "#cccccc": "#3b4651", "#e8e8e8": "#2a323a",
  "#999999": "#6d7984", "#0072b2": "#5ab4ec", "#b00020": "#ff8b93", "#882255": "#dd85b3", "#8f7a00": "#d3bd3f",
  "#d55e00": "#f08a3c", "#009e73": "#3cc79c", "#0b5e8a": "#6dbbe8", "#8fb9d1": "#3b6680", "#eef5fa": "#1f2b35", "#c2410c": "#ff9b5e",
  "#17202a": "#06121b",
};

let bundle = null;

function loaded() {
  bundle ??= new Promise((resolve, reject) => {
    document.head.append(h("script", {
      src: document.body.dataset.bundle, onload: () => resolve(window.vegaEmbed), onerror: reject,
    }));
  });
  return bundle;
}

const dark = matchMedia("(prefers-color-scheme: dark)");

// Draw a specification into a figure of its own; again when the colours or the width change.
// What an earlier one at the same place has drawn is taken over, so that nothing flickers.
export async function draw(place, specification, options = {}) {
  const embed = await loaded();
  place.chart?.end();
  const chart = { specification, options, view: null, ended: false };
  chart.end = () => { chart.ended = true; dark.removeEventListener("change", chart.again); observer.disconnect(); chart.view?.finalize(); };
  let drawnWidth = 0;
  chart.again = async () => {
    drawnWidth = place.clientWidth;
    const target = h("div");
    const spec = prepared(specification, drawnWidth, options);
    const drawn = await embed(target, spec, {
      ast: true, actions: false, defaultStyle: false, renderer: "svg", tooltip: showTip,
    });
    await widen(drawn.view, spec, drawnWidth, target);
    if (chart.ended) { drawn.view.finalize(); return; }
    chart.view?.finalize();
    chart.view = drawn.view;
    place.replaceChildren(target);
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
    const svg = place.querySelector("svg");
    silence(svg);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", options.label ?? heading(specification).join(" "));
  };
  const observer = new ResizeObserver(() => {
    if (Math.abs(place.clientWidth - drawnWidth) > 24) chart.again();
  });
  place.chart = chart;
  await chart.again();
  dark.addEventListener("change", chart.again);
  observer.observe(place);
  return chart;
}

// The picture as a whole has a label: its parts need none.
function silence(svg) {
  for (const part of svg.querySelectorAll("*")) {
    for (const { name } of [...part.attributes]) {
      if (name === "role" || name.startsWith("aria-")) part.removeAttribute(name);
    }
  }
}

// A figure of the report: its title and what it shows as text, the chart, and how to zoom.
export async function drawFigure(figure, specification) {
  const [title, conclusion] = heading(specification);
  let place = figure.querySelector(".chart");
  if (place === null) {
    place = h("div", { class: "chart" });
    figure.append(h("figcaption", {}, h("strong"), h("span")), place, tools(place));
  }
  for (const [selector, text] of [["strong", title], ["span", conclusion]]) {
    const element = figure.querySelector(selector);
    if (element.textContent !== text) element.textContent = text;
  }
  figure.classList.toggle("whole", "hconcat" in specification || "facet" in specification);
  const { title: _, ...untitled } = specification;
  await draw(place, untitled, { zoom: true, label: `${title}. ${conclusion}` });
  figure.querySelector(".chart-tools").hidden = !units(specification).some((unit) => zoomable(unit).length);
}

export function heading(specification) {
  const { text = "", subtitle = [] } = specification.title ?? {};
  const prose = [subtitle].flat().join(t("sentence_gap")).replaceAll("\u00a0", " ");
  // A line may have been broken at the space between Chinese and Latin text.
  return [text, prose.replace(/\p{Script=Han}(?=\w)|[\w%](?=\p{Script=Han})/gu, "$& ")];
}

function prepared(specification, width, options) {
  let text = JSON.stringify(specification);
  if (dark.matches) text = text.replace(/"#[0-9a-fA-F]{6}"/g, (colour) => {
    const other = DARK[colour.slice(1, -1).toLowerCase()];
    return other === undefined ? colour : `"${other}"`;
  });
  const spec = JSON.parse(text);
  spec.background = "transparent";
  spec.padding = 4;
  if (dark.matches) spec.config = withInk(spec.config ?? {});
  fit(spec, width);
  if (options.zoom) units(spec).forEach(touchable);
  return spec;
}

function withInk(config) {
  const ink = { labelColor: "#e7ebef", titleColor: "#e7ebef" };
  return {
    ...config,
    axis: { ...ink, gridColor: "#2a323a", domainColor: "#6d7984", tickColor: "#6d7984", ...config.axis, },
    legend: { ...ink, ...config.legend }, header: { ...ink, ...config.header }, text: { color: "#e7ebef" },
  };
}

// Give the plots what a figure's axes and legends leave of the width, by the signals of Vega-Lite.
async function widen(view, spec, width, target) {
  const { signals } = view.getState({ signals: (name) => /^(width|childWidth|child_width|concat_\d+_width)$/.test(name), data: () => false });
  const names = Object.keys(signals).filter((name) => typeof signals[name] === "number");
  const across = spec.facet === undefined ? spec.hconcat?.length ?? 1 : spec.columns;
  for (let turn = 0; turn < 2; turn += 1) { // legends wrap, and axes lose labels, as plots grow
    const rest = Math.floor((width - target.querySelector("svg").width.baseVal.value) / across);
    if (rest === 0) return;
    for (const name of names) view.signal(name, Math.max(120, view.signal(name) + rest));
    await view.runAsync();
  }
}

// What stands side by side stands one below the other where there is no room.
function fit(spec, width) {
  const room = Math.max(180, width - 90);
  if (width < 420) narrowLegends(spec);
  if (spec.hconcat !== undefined) {
    const total = spec.hconcat.reduce((sum, each) => sum + (each.width ?? 300) + 60, 0);
    if (total > width) {
      spec.vconcat = spec.hconcat;
      delete spec.hconcat;
      spec.vconcat.forEach((each) => fit(each, width));
    }
    return;
  }
  if (spec.facet !== undefined) {
    const inner = spec.spec;
    const columns = Math.max(1, Math.min(spec.columns ?? 3, Math.floor(room / ((inner.width ?? 210) + 20))));
    spec.columns = columns;
    inner.width = Math.floor(room / columns) - 20;
    return;
  }
  if (typeof spec.width === "number" || spec.width === "container") spec.width = room;
}

function narrowLegends(spec) {
  const narrow = { columns: 2, gradientLength: 120, orient: "bottom" };
  spec.config = { ...spec.config, legend: { ...spec.config?.legend, ...narrow, columns: 1 } };
  for (const { encoding = {} } of units(spec)) {
    for (const channel of Object.values(encoding)) if (channel.legend) channel.legend = { ...channel.legend, ...narrow };
  }
}

function units(spec) {
  const below = spec.layer ?? spec.hconcat ?? spec.vconcat ?? (spec.spec ? [spec.spec] : null);
  return below === null ? [spec] : below.flatMap(units);
}

// The channels of points that are numbers as they are.
function zoomable(unit) {
  if ((unit.mark?.type ?? unit.mark) !== "point") return [];
  return ["x", "y"].filter((channel) => {
    const { type, aggregate, bin, scale } = unit.encoding?.[channel] ?? {};
    return type === "quantitative" && !aggregate && !bin && scale?.type === undefined;
  });
}

const zooms = new Map(); // the channels of each zoom, by its name

// Values on hover; drag moves, and the wheel with Ctrl zooms, so that scrolling stays scrolling.
function touchable(unit) {
  const mark = typeof unit.mark === "string" ? { type: unit.mark } : unit.mark;
  if (mark.type !== "text") unit.mark = { ...mark, tooltip: { content: "data" } };
  const encodings = zoomable(unit);
  if (encodings.length === 0) return;
  const name = `zoom${zooms.size}`;
  zooms.set(name, encodings.map((channel) => [channel, unit.encoding[channel].field]));
  unit.params = [...(unit.params ?? []), {
    name, bind: "scales",
    select: { type: "interval", encodings, zoom: "wheel![event.ctrlKey]" },
  }];
}

function tools(place) {
  const zoom = (factor) => () => scaled(place.chart?.view, factor);
  return h("p", { class: "chart-tools" },
    h("button", { type: "button", onclick: zoom(0.7) }, t("chart.in")),
    h("button", { type: "button", onclick: zoom(1 / 0.7) }, t("chart.out")),
    h("button", { type: "button", onclick: () => place.chart?.again() }, t("chart.reset")));
}

// Zoom around the middle, by the signals that Vega-Lite binds to scales.
function scaled(view, factor) {
  if (!view) return;
  const { signals } = view.getState({ signals: () => true, data: () => false });
  for (const [name, channels] of zooms) {
    for (const [channel, field] of channels) {
      const signal = `${name}_${field.replace(/\W/g, "_")}`;
      if (!(signal in signals)) continue;
      const [low, high] = scaleOf(view, channel).domain();
      const middle = (low + high) / 2;
      const half = (factor * (high - low)) / 2;
      view.signal(signal, [middle - half, middle + half]);
    }
  }
  view.runAsync();
}

// Charts side by side share no scale: the first that has one stands for them.
function scaleOf(view, channel) {
  for (const name of [channel, `concat_0_${channel}`, `concat_1_${channel}`]) {
    try {
      return view.scale(name);
    } catch { /* not of this chart */ }
  }
  throw new Error(`Expected a scale for ${channel}.`);
}

const HIDDEN = new Set(["panel", "base", "limit", "Symbol(vega_id)"]);

function showTip(_, event, item, value) {
  const tip = $("tip") ?? document.body.appendChild(h("div", { id: "tip", class: "tip", hidden: true, "aria-hidden": "true" }));
  if (value === null || value === undefined || value === "" || !event) { tip.hidden = true; return; }
  const entries = typeof value === "object" ? Object.entries(value) : [["", value]];
  const rows = entries.filter(([name, each]) => !HIDDEN.has(name) && each !== "" && each !== null && typeof each !== "object");
  tip.replaceChildren(h("dl", {}, rows.map(([name, each]) => [
    h("dt", {}, has(`tip.${name}`) ? t(`tip.${name}`) : name.replaceAll("_", " ")),
    h("dd", {}, typeof each === "number" ? plain(each, 5) : String(each)),
  ])));
  tip.hidden = rows.length === 0;
  const right = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8);
  tip.style.left = `${Math.max(8, right)}px`;
  tip.style.top = `${Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8)}px`;
}
