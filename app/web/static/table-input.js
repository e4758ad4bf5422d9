// The files of a form: chosen or dropped, understood by the service, and corrected by their reader.

import { explain } from "./api.js";
import { previewTable } from "./files.js";
import { $, h, say, t } from "./page.js";
import { tablePreview } from "./table-preview.js";

export const given = {}; // files by role, as `previewTable` returns them

let rereadings = 0; // of the table
let listen = { changed: () => {}, chosen: () => {}, blame: (error) => explain($("wrong-files"), error) };

// Call `changed` after every change, `chosen` with whether it is the example when files are given,
// and `blame` with a refusal.
export function onFiles(listener) {
  listen = { ...listen, ...listener };
}

function list() {
  $("given").replaceChildren(...Object.entries(given).map(([role, each]) => h("li", {},
    h("span", {}, `${each.name} `, h("small", {}, each.note)),
    h("button", { type: "button", "aria-label": t("file.remove", { name: each.name }), onclick: () => remove(role) }, "×"))));
}

function changed() {
  list();
  listen.changed();
}

function remove(role) {
  delete given[role];
  $("wrong-files").textContent = "";
  showTable();
  changed();
  $("files").focus();
}

function showTable() {
  $("understood").hidden = !given.table;
  $("table-preview").replaceChildren(...(given.table ? tablePreview(given.table, reread).filter((each) => each !== null) : []));
}

// The table again, with what its reader knows better; where that cannot be, as it was.
async function reread(reading) {
  const { file } = given.table;
  const focused = document.activeElement?.dataset.column;
  const turn = (rereadings += 1);
  let each = null;
  let fault = null;
  try {
    each = await previewTable(file, reading);
  } catch (error) {
    fault = error;
  }
  if (turn !== rereadings || given.table?.file !== file) return; // changed again, or taken away
  const other = each !== null && each.role !== given.table.role;
  if (each !== null && !other) given.table = each;
  $("wrong-files").textContent = "";
  showTable();
  document.querySelector(`#table-preview [data-column="${focused}"]`)?.focus();
  changed();
  if (fault !== null) listen.blame(fault);
  else if (other) $("wrong-files").textContent = t("preview.values");
  else if (!given.table.fault) say(t("preview.changed"));
}

async function take(files) {
  $("wrong-files").textContent = "";
  listen.chosen(false);
  let fault = null;
  for (const file of files) {
    try {
      accept(await previewTable(file));
    } catch (error) {
      fault ??= error;
    }
  }
  changed();
  if (fault !== null) listen.blame(fault);
}

function accept(each) {
  given[each.role] = each;
  showTable();
}

export async function takeExample() {
  const content = await (await fetch(`${document.body.dataset.static}/example.csv`)).blob();
  const each = await previewTable(new File([content], "example.csv"));
  for (const role of Object.keys(given)) delete given[role];
  accept(each);
  listen.chosen(true);
  changed();
}

$("files").addEventListener("change", async () => { await take([...$("files").files]); $("files").value = ""; });
$("example").addEventListener("click", takeExample);
for (const name of ["dragenter", "dragover"]) $("drop").addEventListener(name, (event) => { event.preventDefault(); $("drop").classList.add("over"); });
for (const name of ["dragleave", "drop"]) $("drop").addEventListener(name, () => $("drop").classList.remove("over"));
$("drop").addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
