// Files that people drop: what each is, and what of it a request needs.

import { count, plain, t } from "./page.js";

export class FileFault extends Error {}

// { role, name, note, file } for files that go to the service as they are, or { role, name, note,
// fields } for a CSV, which is read here. Roles: ev, wealth, capacity, candidates.
export async function recognised(file) {
  const name = file.name;
  const suffix = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (suffix === "csv") return ofCsv(name, await file.text());
  if (suffix === "npy") return { ...(await ofArray(file)), name, file };
  if (["parquet", "arrow", "arrows", "feather"].includes(suffix)) {
    return { role: "candidates", name, file, note: t("file.pairs") };
  }
  throw new FileFault(t("file.unknown", { name }));
}

async function ofArray(file) {
  const start = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  const text = new TextDecoder("latin1").decode(start);
  const shape = /'shape':\s*\(([\d,\s]*)\)/.exec(text);
  if (start[0] !== 0x93 || text.slice(1, 6) !== "NUMPY" || shape === null) throw new FileFault(t("file.npy", { name: file.name }));
  const sides = shape[1].split(",").map((side) => side.trim()).filter(Boolean).map(Number);
  if (sides.length === 2) return { role: "ev", note: t("file.matrix", { users: count(sides[0]), streamers: count(sides[1]) }) };
  if (sides.length !== 1) throw new FileFault(t("file.sides", { name: file.name, sides: sides.length }));
  const role = /cap/i.test(file.name) ? "capacity" : "wealth";
  return { role, note: t(`file.${role}`, { count: count(sides[0]) }) };
}

export function ofCsv(name, text) {
  const rows = parsed(text.replace(/^\ufeff/, "")).filter((row) => row.length > 1 || row[0].trim() !== "");
  if (rows.length < 2) throw new FileFault(t("file.empty", { name }));
  const heads = rows[0].map((head) => head.trim());
  const lower = heads.map((head) => head.toLowerCase());
  rows.forEach((row, at) => {
    if (row.length !== heads.length) {
      throw new FileFault(t("file.ragged", { name, line: at + 1, expected: heads.length, came: row.length }));
    }
  });
  const read = { name, heads, lower, rows: rows.slice(1) };
  if (["user", "streamer", "ev"].every((column) => lower.includes(column))) return ofPairs(read);
  if (heads.length === 2 && lower[1] === "wealth") return ofWealth(read);
  return ofMatrix(read);
}

function ofMatrix({ name, heads, lower, rows }) {
  const wealthAt = lower.indexOf("wealth");
  const columns = heads.map((_, at) => at).filter((at) => at > 0 && at !== wealthAt);
  if (!columns.length) throw new FileFault(t("file.columns", { name }));
  const fields = {
    ev: rows.map((row, line) => columns.map((at) => number(name, row[at], line, heads[at], true))),
    user_ids: rows.map((row) => row[0].trim()), streamer_ids: columns.map((at) => heads[at]),
  };
  if (wealthAt > 0) fields.wealth = rows.map((row, line) => number(name, row[wealthAt], line, "wealth"));
  return { role: "ev", name, fields, note: t("file.matrix", { users: count(rows.length), streamers: count(columns.length) }) };
}

function ofPairs({ name, lower, rows }) {
  const [userAt, streamerAt, evAt, wealthAt] = ["user", "streamer", "ev", "wealth"].map((column) => lower.indexOf(column));
  const users = new Map();
  const streamers = new Map();
  const place = (known, id) => known.get(id) ?? (known.set(id, known.size), known.size - 1);
  const candidates = { user: [], streamer: [], ev: [] };
  const wealth = [];
  rows.forEach((row, line) => {
    const user = place(users, row[userAt].trim());
    candidates.user.push(user);
    candidates.streamer.push(place(streamers, row[streamerAt].trim()));
    candidates.ev.push(number(name, row[evAt], line, "ev"));
    if (wealthAt >= 0) wealth[user] = number(name, row[wealthAt], line, "wealth");
  });
  const fields = { candidates, user_ids: [...users.keys()], streamer_ids: [...streamers.keys()] };
  if (wealthAt >= 0) fields.wealth = wealth;
  return { role: "candidates", name, fields, note: t("file.pairs.count", { count: count(rows.length) }) };
}

function ofWealth({ name, rows }) {
  const by = new Map(rows.map((row, line) => [row[0].trim(), number(name, row[1], line, "wealth")]));
  return { role: "wealth", name, by, note: t("file.wealth", { count: count(by.size) }) };
}

function number(name, text, line, column, mayLack = false) {
  const said = text.trim();
  if (mayLack && said === "") return null;
  const value = Number(said);
  if (said === "" || !Number.isFinite(value)) {
    throw new FileFault(t("file.number", { name, line: line + 2, column, came: said.slice(0, 30) || t("file.nothing") }));
  }
  return value;
}

// RFC 4180: cells in quotes may hold commas, line ends and doubled quotes.
function parsed(text) {
  const rows = [[]];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/g)) {
    rows.at(-1).push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end !== ",") rows.push([]);
    if (end === "") break;
  }
  return rows.filter((row) => row.length);
}

export const megabytes = (bytes) => `${plain(bytes / 1e6)} MB`;
