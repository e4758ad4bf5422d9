// Tables that can be sorted, by mouse and by keyboard.

import { h, say, t } from "./page.js";

// A table that scrolls by itself where it is too wide, by keyboard too.
export function wide(table) {
  const name = table.querySelector("caption").textContent;
  return h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": name }, table);
}

// columns: { name, title, value(row), cell(row), text: whether it is no number }
export function sortable(caption, columns, rows, sorted = null) {
  const body = h("tbody");
  const heads = columns.map((column) => h("th", { scope: "col", class: column.text ? "text" : null },
    h("button", { type: "button", onclick: () => sort(column) }, column.title)));
  const order = { column: null, down: false };

  function fill(ordered) {
    body.replaceChildren(...ordered.map((row) => h("tr", {}, columns.map((column, at) =>
      at === 0 ? h("th", { scope: "row", class: "text" }, column.cell(row)) : h("td", { class: column.text ? "text" : null }, column.cell(row))))));
  }

  function sort(column) {
    order.down = order.column === column ? !order.down : false;
    order.column = column;
    const sign = order.down ? -1 : 1;
    fill([...rows].sort((a, b) => sign * compared(column.value(a), column.value(b))));
    heads.forEach((head, at) => {
      if (columns[at] === column) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    say(t(order.down ? "table.descending" : "table.ascending", { column: column.title }));
  }

  fill(rows);
  if (sorted !== null) sort(sorted);
  return h("table", {}, h("caption", {}, caption), h("thead", {}, h("tr", {}, heads)), body);
}

function compared(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return a < b ? -1 : 1;
}

export function plainTable(caption, heads, rows) {
  return h("table", {}, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((each, at) =>
      at === 0 ? h("th", { scope: "row" }, each) : h("td", {}, each))))));
}
