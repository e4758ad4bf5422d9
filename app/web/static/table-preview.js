// What the service understood of a table: its first rows, and the role of each column, to be changed.

import { count, h, t } from "./page.js";
import { wide } from "./tables.js";

const ROLES = ["user", "streamer", "ev", "wealth", "ignore"];
const DELIMITERS = { ",": "comma", ";": "semicolon", "\t": "tab" };

// each: as `previewTable` returns it; change(reading): called with what the reader knows better.
export function tablePreview(each, change) {
  const { summary, reading } = each;
  return [
    h("p", { class: "hint" }, format(summary)),
    summary.fault ? h("p", { id: "preview-fault" }, t("preview.fault")) : null,
    summary.warnings.length ? h("ul", { class: "doubts" }, summary.warnings.map((warning) => h("li", {}, warning))) : null,
    summary.header === null ? null : header(summary, (yes) => change({ ...reading, header: yes })),
    summary.columns.length ? wide(rows(summary, (column, role) => change({
      ...reading, columns: { ...reading.columns, [column.name || String(column.number)]: role },
    }))) : null,
    summary.n_columns > summary.columns.length ? h("p", { class: "hint" }, t("preview.more", { count: count(summary.n_columns - summary.columns.length) })) : null,
  ];
}

function format(summary) {
  const details = [summary.format, summary.encoding, summary.delimiter && t(`preview.${DELIMITERS[summary.delimiter]}`),
    summary.decimal === "," ? t("preview.decimal") : null];
  return `${details.filter(Boolean).join(" · ")} · ${t(`preview.${summary.shape}`)}`;
}

function header(summary, change) {
  const tick = h("input", { type: "checkbox", checked: summary.header, onchange: () => change(tick.checked) });
  return h("label", { class: "tick" }, tick, h("span", {}, t("preview.header")));
}

function rows(summary, change) {
  const title = (column) => column.name || t("preview.unnamed", { number: column.number });
  return h("table", { class: "preview" }, h("caption", {}, t("preview.rows", { name: summary.file })),
    h("thead", {}, h("tr", {}, summary.columns.map((column) => h("th", { scope: "col", class: "text" }, h("span", {}, title(column)), select(summary, column, title(column), change))))),
    h("tbody", {}, summary.first_rows.map((row) => h("tr", {}, row.map((cell) => h("td", { class: "text" }, cell))))));
}

function select(summary, column, title, change) {
  const named = (role) => t(role === "ev" && summary.shape !== "pairs" ? "role.ev.streamer" : `role.${role}`);
  const chosen = h("select", { "aria-label": t("preview.role", { name: title }), "data-column": column.number, onchange: () => change(column, chosen.value) },
    ROLES.map((role) => h("option", { value: role, selected: role === column.role }, named(role))));
  return chosen;
}
