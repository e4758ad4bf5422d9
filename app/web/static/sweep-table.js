// The table of the configurations of a sweep, and its CSV.

import { differingSettings, policyName, SETTINGS } from "./configuration-names.js";
import { count, h, percent, plain, t } from "./page.js";
import { sortable } from "./tables.js";
import { CRITERIA, shortWord, verdictOf } from "./verdict.js";

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
  return CRITERIA.slice().reverse().map(({ code, part, metric, show }) => ({
    name: metric, title: t(`column.${metric}`), value: (row) => row[part][metric].mean,
    cell: (row) => {
      const { mean, ci95, p_holm: p } = row[part][metric];
      if (mean === null) return "–";
      const [low, high] = ci95 ?? [];
      const bounds = intervals && low !== null && low !== undefined ? t("table.interval", { low: show(low), high: show(high) }) : "";
      const tested = intervals && p !== null && p !== undefined ? `p ${plain(p, 2)}` : "";
      const small = [bounds, tested].filter(Boolean).join(", ");
      return [show(mean), small ? h("small", {}, small) : null].filter(Boolean);
    },
    criterion: code,
  }));
}

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
    cell: (row) => h("span", { class: verdictOf(row) }, shortWord(verdictOf(row))),
  };
  const columns = [...settingColumns(result.results), ...figureColumns(true), bindings, verdicts];
  return sortable(t("table.caption", { simulations: count(result.stopping?.parameters.simulations ?? result.config.simulations) }), columns, result.results);
}

const share = (row) => (row.k === null ? null : row.binding?.rounds_share ?? null);

export function csvRows(result) {
  const measured = CRITERIA.flatMap(({ part, metric }) => [
    [metric, (row) => row[part][metric].mean],
    [`${metric}_low`, (row) => row[part][metric].ci95[0]],
    [`${metric}_high`, (row) => row[part][metric].ci95[1]],
    ...(part === "delta" ? [[`${metric}_p_holm`, (row) => row[part][metric].p_holm]] : []),
  ]);
  const columns = [
    ...SETTINGS.map((name) => [name, (row) => row[name]]), ...measured,
    ["revenue", (row) => row.metrics.revenue?.mean],
    ["binding_rounds_share", share], ["gate_5c", (row) => row.gate_5c], ["verdict", verdictOf],
  ];
  return [columns.map(([name]) => name), ...result.results.map((row) => columns.map(([, value]) => value(row)))];
}
