// Files that people drop: the service says what each is, and what of it a request needs.

import { call, Refusal, refusal } from "./api.js";
import { count, ROOT, t } from "./page.js";

// What a file is for, by what it holds: EV, wealth, or capacity. Only its name tells the last two
// apart where it is an array.
function roleOf(said) {
  if (said.shape !== "wealth") return "table";
  return said.format === "NumPy" && /cap/i.test(said.file) ? "capacity" : "wealth";
}

// { role, name, note, file, reading, said, fault }: reading is what the reader of the page knows
// better than the service, `columns` and `header`; said is what the service understood; fault is a
// refusal where the columns of a table do not hold what is assumed, else null.
export async function understood(file, reading = {}) {
  const form = new FormData();
  form.append("table", file, file.name);
  for (const [name, value] of Object.entries(reading)) form.append(name, JSON.stringify(value));
  const response = await call(`${ROOT}/tables/preview`, { method: "POST", body: form });
  if (!response.ok) throw await refusal(response);
  const said = await response.json();
  const role = roleOf(said);
  const fault = said.fault && new Refusal(422, { detail: said.fault.message, field: said.fault.field });
  if (fault && role !== "table") throw fault; // only a table's roles can be changed
  return { role, name: file.name, note: fault ? "" : note(role, said), file, reading, said, fault };
}

function note(role, said) {
  if (role !== "table") return t(`file.${role}`, { count: count(said.users) });
  const sides = t("file.matrix", { users: count(said.users), streamers: count(said.streamers) });
  return said.shape === "matrix" ? sides : t("file.pairs", { count: count(said.rows), sides });
}

export const hasWealth = (each) => each.said.columns.some((column) => column.role === "wealth");

