// What a form and its files ask the service for: as a body, and as the curl that sends the same.

const LONGEST_INLINE = 6000;

// given: files by role, as `previewTable` returns them; settings: fields of the request.
export function request(given, settings) {
  const problem = { ...settings, ...given.table?.reading };
  const parts = Object.fromEntries(Object.entries(given).map(([role, each]) => [role, each.file]));
  if (given.capacity) delete problem.capacity;
  return { problem, parts };
}

export function body({ problem, parts }, more = {}) {
  const form = new FormData();
  form.append("problem", JSON.stringify({ ...problem, ...more }));
  for (const [role, file] of Object.entries(parts)) form.append(role, file, file.name);
  return { body: form };
}

export const bytes = ({ parts }) => Object.values(parts).reduce((sum, file) => sum + file.size, 0);

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const named = (name) => `@"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

// The command, and what it reads from problem.json where that is too isLong for a line.
export function curl({ problem, parts }, { origin, locked }) {
  const json = JSON.stringify(problem);
  const isLong = json.length > LONGEST_INLINE;
  const words = [`curl -s ${origin}/allocate`];
  if (locked) words.push('-H "Authorization: Bearer $WHALE_KEY"');
  words.push(isLong ? "-F 'problem=<problem.json'" : `--form-string ${quoted(`problem=${json}`)}`);
  for (const [role, file] of Object.entries(parts)) words.push(`-F ${quoted(`${role}=${named(file.name)}`)}`);
  return { command: words.join(" \\\n  "), problem: isLong ? json : null };
}
