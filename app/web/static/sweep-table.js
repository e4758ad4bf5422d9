// The table of the configurations of a sweep, and its CSV.

import { differingSettings, policyName, SETTINGS } from "./configuration-names.js";
import { count, h, percent, plain, t } from "./page.js";
import { sortable } from "./tables.js";
import { CRITERIA, EFFECT_METRICS, EFFECTS, JUDGED, lookOf, shortWord, verdictOf } from "./verdict.js";

function settingColumns(results) {
  return differingSettings(results).map((name) => ({
    name, title: t(`column.${name}`), text: name === "policy" || name === "algorithm",
    value: (row) => row[name],
    cell: (row) => {
      if (row[name] === null || row[name] === undefined) return "–";
      if (name === "whale_share") return percent(row[name]);
      if (name === "policy") return policyName(row[name]);
      return typeof row[name] === "number" ? plain(row[name]) : row[name];
    },
  }));
}

function figureColumns(intervals) {
  return CRITERIA.slice().reverse().map(({ part, metric, show }) => column(metric, (row) => row[part][metric], show, intervals));
}

// What the cap or weights do, and all rules together, as far as configurations have them.
function effectColumns(results) {
  const shown = JUDGED.filter((effect) => results.some((row) => row.effects[effect]));
  return shown.flatMap((effect) => EFFECT_METRICS.map(([metric, show]) =>
    column(`${effect}.${metric}`, (row) => row.effects[effect]?.[metric], show, true)));
}

// figure(row): with mean, interval and p, as results have it.
function column(name, figure, show, intervals) {
  return {
    name, title: t(`column.${name}`), value: (row) => figure(row)?.mean,
    cell: (row) => {
      const { mean = null, ci95, p_holm, p_corrected: p = p_holm } = figure(row) ?? {};
      if (mean === null) return "–";
      const [low, high] = ci95 ?? [];
      const bounds = intervals && low !== null && low !== undefined && low < high ? t("table.interval", { low: show(low), high: show(high) }) : "";
      const tested = intervals && p !== null && p !== undefined ? `p ${plain(p, 2)}` : "";
      const small = [bounds, tested].filter(Boolean).join(", ");
      return [show(mean), small ? h("small", {}, small) : null].filter(Boolean);
    },
  };
}

const hasEffects = (results) => results.every((row) => row.effects && Object.keys(row.effects).length);

export function liveTable({ figures, seeds_done: done }) {
  const columns = [...settingColumns(figures.results), ...figureColumns(false)];
  return sortable(t("table.live", { seeds: count(done) }), columns, figures.results);
}

export function resultTable(result) {
  const bindings = {
    name: "binding", title: t("column.binding"), value: (row) => share(row),
    cell: (row) => (share(row) === null ? "–" : percent(share(row))),
  };
  const verdicts = {
    name: "verdict", title: t("column.verdict"), text: true, value: verdictOf,
    cell: (row) => h("span", { class: lookOf(verdictOf(row)) }, shortWord(verdictOf(row))),
  };
  const answered = hasEffects(result.results);
  const overcrowded = figureColumns(true).filter(({ name }) => name === "overcrowded_share");
  const figures = answered ? [...effectColumns(result.results), ...overcrowded] : figureColumns(true);
  const columns = [...settingColumns(result.results), ...figures, bindings, verdicts];
  return sortable(t(answered ? "table.caption.effects" : "table.caption", { simulations: count(result.stopping?.parameters.simulations ?? result.config.simulations) }), columns, result.results);
}

const share = (row) => (row.k === null ? null : row.binding?.rounds_share ?? null);

export function csvRows(result) {
  const measured = CRITERIA.slice().reverse().flatMap(({ part, metric }) => [
    [metric, (row) => row[part][metric].mean],
    [`${metric}_low`, (row) => row[part][metric].ci95[0]],
    [`${metric}_high`, (row) => row[part][metric].ci95[1]],
    ...(part === "delta" ? [[`${metric}_p_holm`, (row) => row[part][metric].p_holm]] : []),
  ]);
  const effects = EFFECTS.flatMap((effect) => EFFECT_METRICS.flatMap(([metric]) => {
    const figure = (row) => row.effects[effect]?.[metric];
    return [["", (row) => figure(row)?.mean], ["_low", (row) => figure(row)?.ci95[0]], ["_high", (row) => figure(row)?.ci95[1]],
      ["_p_corrected", (row) => figure(row)?.p_corrected]].map(([suffix, value]) => [`${effect}_${metric}${suffix}`, value]);
  }));
  const columns = [
    ...SETTINGS.map((name) => [name, (row) => row[name]]), ...(hasEffects(result.results) ? effects : []), ...measured,
    ["revenue", (row) => row.metrics.revenue?.mean],
    ["binding_rounds_share", share], ["published_rule", (row) => row.gate_5c], ["gate_5c", (row) => row.gate_5c],
    ["gate", (row) => row.gate?.verdict], ["verdict", verdictOf],
  ];
  return [columns.map(([name]) => name), ...result.results.map((row) => columns.map(([, value]) => value(row)))];
}
