// Bounds of the settings of a form, from their JSON Schemas.

// By name: what the schema says of one value, alone or in a list.
export const boundsOf = (schemas) => Object.fromEntries(Object.entries(schemas).map(([name, schema]) => {
  const { items, anyOf: [one] = [schema] } = schema;
  return [name, items ?? one];
}));

export function isWithin({ type, minimum = -Infinity, exclusiveMinimum = -Infinity, maximum = Infinity }, value) {
  if (type === "integer" ? !Number.isInteger(value) : !Number.isFinite(value)) return false;
  return value >= minimum && value > exclusiveMinimum && value <= maximum;
}
