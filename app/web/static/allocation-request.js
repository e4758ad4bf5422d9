// What a form and its files ask the service for: as a body, and as the curl that sends the same.

const LONGEST_INLINE = 6000;

// given: recognised files by role; settings: fields of the request.
export function request(given, settings) {
  const problem = { ...settings };
  const parts = {};
  for (const [role, each] of Object.entries(given)) {
    if (each.file) parts[role] = each.file;
    else if (each.fields) Object.assign(problem, each.fields);
  }
  if (given.wealth?.by && problem.user_ids) problem.wealth = problem.user_ids.map((id) => given.wealth.by.get(id) ?? 0);
  else if (given.wealth?.file) delete problem.wealth;
  if (given.capacity) delete problem.capacity;
  return { problem, parts };
}

export function body({ problem, parts }, more = {}) {
  const said = JSON.stringify({ ...problem, ...more });
  if (!Object.keys(parts).length) return { body: said, headers: { "Content-Type": "application/json" } };
  const form = new FormData();
  form.append("problem", said);
  for (const [role, file] of Object.entries(parts)) form.append(role, file, file.name);
  return { body: form };
}

export const bytes = ({ problem, parts }) =>
  Object.values(parts).reduce((sum, file) => sum + file.size, 0) + (problem.ev?.length ?? 0) * (problem.ev?.[0]?.length ?? 0) * 8;

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const named = (name) => `@"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

// The command, and what it reads from problem.json where that is too long for a line.
export function curl({ problem, parts }, { origin, locked }) {
  const said = JSON.stringify(problem);
  const long = said.length > LONGEST_INLINE;
  const words = [`curl -s ${origin}/allocate`];
  if (locked) words.push('-H "Authorization: Bearer $WHALE_KEY"');
  if (!Object.keys(parts).length) {
    words.push("-H 'Content-Type: application/json'", long ? "-d @problem.json" : `-d ${quoted(said)}`);
  } else {
    words.push(long ? "-F 'problem=<problem.json'" : `--form-string ${quoted(`problem=${said}`)}`);
    for (const [role, file] of Object.entries(parts)) words.push(`-F ${quoted(`${role}=${named(file.name)}`)}`);
  }
  return { command: words.join(" \\\n  "), problem: long ? said : null };
}
