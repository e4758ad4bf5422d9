// What the service understood of a table: its first rows, and the role of each column, to be changed.

import { count, h, t } from "./page.js";
import { wide } from "./tables.js";

const ROLES = ["user", "streamer", "ev", "wealth", "ignore"];
const DELIMITERS = { ",": "comma", ";": "semicolon", "\t": "tab" };

// each: as `understood` returns it; change(reading): called with what the reader knows better.
export function tablePreview(each, change) {
  const { said, reading } = each;
  return [
    h("p", { class: "hint" }, format(said)),
    said.fault ? h("p", { id: "preview-fault" }, t("preview.fault")) : null,
    said.warnings.length ? h("ul", { class: "doubts" }, said.warnings.map((warning) => h("li", {}, warning))) : null,
    said.header === null ? null : header(said, (yes) => change({ ...reading, header: yes })),
    said.columns.length ? wide(rows(said, (column, role) => change({
      ...reading, columns: { ...reading.columns, [column.name || String(column.number)]: role },
    }))) : null,
    said.n_columns > said.columns.length ? h("p", { class: "hint" }, t("preview.more", { count: count(said.n_columns - said.columns.length) })) : null,
  ];
}

function format(said) {
  const details = [said.format, said.encoding, said.delimiter && t(`preview.${DELIMITERS[said.delimiter]}`),
    said.decimal === "," ? t("preview.decimal") : null];
  return `${details.filter(Boolean).join(" · ")} · ${t(`preview.${said.shape}`)}`;
}

function header(said, change) {
  const tick = h("input", { type: "checkbox", checked: said.header, onchange: () => change(tick.checked) });
  return h("label", { class: "tick" }, tick, h("span", {}, t("preview.header")));
}

function rows(said, change) {
  const title = (column) => column.name || t("preview.unnamed", { number: column.number });
  return h("table", { class: "preview" }, h("caption", {}, t("preview.rows", { name: said.file })),
    h("thead", {}, h("tr", {}, said.columns.map((column) => h("th", { scope: "col", class: "text" }, h("span", {}, title(column)), select(said, column, title(column), change))))),
    h("tbody", {}, said.first_rows.map((row) => h("tr", {}, row.map((cell) => h("td", { class: "text" }, cell))))));
}

function select(said, column, title, change) {
  const named = (role) => t(role === "ev" && said.shape !== "pairs" ? "role.ev.streamer" : `role.${role}`);
  const chosen = h("select", { "aria-label": t("preview.role", { name: title }), "data-column": column.number, onchange: () => change(column, chosen.value) },
    ROLES.map((role) => h("option", { value: role, selected: role === column.role }, named(role))));
  return chosen;
}
