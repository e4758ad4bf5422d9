// Bounds of the settings of a form, from their JSON Schemas, and what is wrong with what is typed.

import { plain, t } from "./page.js";

// By name: what the schema says of one value, alone or in a list.
export const boundsOf = (schemas) => Object.fromEntries(Object.entries(schemas).map(([name, schema]) => {
  const { items, anyOf: [one] = [schema] } = schema;
  return [name, items ?? one];
}));

export function isWithin({ type, minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity }, value) {
  if (type === "integer" ? !Number.isInteger(value) : !Number.isFinite(value)) return false;
  return value >= minimum && value > exclusiveMinimum && value <= maximum;
}

// Numbers with commas or spaces between.
export const numbers = (text) => text.split(/[,，;\s]+/).filter((each) => each !== "").map(Number);

// What is wrong with numbers as they are typed, or nothing. single: one number and no list;
// percent: of a share.
export function faultOf(text, bounds, { single = false, percent = false } = {}) {
  if (text.trim() === "") return t("wrong.empty");
  const factor = percent ? 100 : 1;
  const values = single ? [Number(text)] : numbers(text);
  if (!values.every((value) => isWithin(bounds, value / factor))) return expected(bounds, single, factor);
  return new Set(values).size < values.length ? t("wrong.twice") : "";
}

function expected({ type, minimum, exclusiveMinimum, maximum }, single, factor) {
  const [low, high] = [minimum ?? exclusiveMinimum, maximum].map((bound) => plain(factor * bound));
  if (type === "integer") return t(single ? "wrong.whole" : "wrong.wholes", { low, high });
  return t(factor === 1 ? "wrong.numbers" : "wrong.percentages", { low, high });
}
