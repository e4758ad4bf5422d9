// Files that people drop: the service says what each is, and what of it a request needs.

import { call, Refusal, refusal } from "./api.js";
import { count, ROOT, t } from "./page.js";

// What a file is for, by what it holds: EV, wealth, or capacity. Only its name tells the last two
// apart where it is an array.
function roleOf(summary) {
  if (summary.shape !== "wealth") return "table";
  return summary.format === "NumPy" && /cap/i.test(summary.file) ? "capacity" : "wealth";
}

// { role, name, note, file, reading, summary, fault }: reading is what the reader of the page knows
// better than the service, `columns` and `header`; summary is what the service understood; fault is a
// refusal where the columns of a table do not hold what is assumed, else null.
export async function previewTable(file, reading = {}) {
  const form = new FormData();
  form.append("table", file, file.name);
  for (const [name, value] of Object.entries(reading)) form.append(name, JSON.stringify(value));
  const response = await call(`${ROOT}/tables/preview`, { method: "POST", body: form });
  if (!response.ok) throw await refusal(response);
  const summary = await response.json();
  const role = roleOf(summary);
  const fault = summary.fault && new Refusal(422, { detail: summary.fault.message, field: summary.fault.field });
  if (fault && role !== "table") throw fault; // only a table's roles can be changed
  return { role, name: file.name, note: fault ? "" : note(role, summary), file, reading, summary, fault };
}

function note(role, summary) {
  if (role !== "table") return t(`file.${role}`, { count: count(summary.users) });
  const sides = t("file.matrix", { users: count(summary.users), streamers: count(summary.streamers) });
  return summary.shape === "matrix" ? sides : t("file.pairs", { count: count(summary.rows), sides });
}

export const hasWealth = (each) => each.summary.columns.some((column) => column.role === "wealth");

