// Names and notes of experiments: read them, and edit them in a dialog.

import { call, explain, refusal } from "./api.js";
import { $, h, mark, say, t, when } from "./page.js";

export const kindAndTime = (experiment) => `${t(`kind.${experiment.kind}`)} · ${when(experiment.created)}`;

// What an experiment is called: its name, or else what it is and when it was begun.
export const nameOf = (experiment) => experiment.name ?? kindAndTime(experiment);

export const noteOf = ({ note }) => (note === null ? null : h("p", { class: "note" }, note));

// Ask for name and note, and store them; calls `changed` with the experiment as it is then.
export function editLabels(experiment, changed) {
  const dialog = $("labels-dialog");
  const form = dialog.querySelector("form");
  const fields = { name: $("field-name"), note: $("field-note") };
  for (const [name, field] of Object.entries(fields)) {
    field.value = experiment[name] ?? "";
    mark(name, "");
  }
  $("wrong-labels").textContent = "";
  const events = new AbortController();
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.value === "cancel") return;
    event.preventDefault();
    try {
      const labels = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value]));
      const response = await call(experiment.links.self, {
        method: "PATCH", body: JSON.stringify(labels), headers: { "Content-Type": "application/json" },
      });
      if (!response.ok) throw await refusal(response);
      const labelled = await response.json();
      dialog.close("save");
      changed(labelled);
      say(t("labels.saved"));
    } catch (error) {
      if (!error.field || !mark(error.field, error.message)) explain($("wrong-labels"), error);
    }
  }, { signal: events.signal });
  dialog.addEventListener("close", () => events.abort(), { once: true });
  dialog.showModal();
  fields.name.select();
}
