// Marks results whose settings have changed since, and takes the mark away when they are as before.

import { h, say, t } from "./page.js";

// What results were computed from: settings as text by the name of their field, and files by role.
// Of a file, the reading of its columns counts as well.
export function differences(before, now) {
  const settings = Object.keys(before.settings).filter((name) => before.settings[name] !== now.settings[name])
    .map((name) => t("stale.was", { field: t(`field.${name}`), value: before.settings[name] || t("stale.nothing") }));
  const roles = [...new Set([...Object.keys(before.files), ...Object.keys(now.files)])];
  const other = (role) => before.files[role]?.file !== now.files[role]?.file || before.files[role]?.reading !== now.files[role]?.reading;
  return roles.some(other) ? [...settings, t("stale.files")] : settings;
}

// section: what has the results, with a first child that is for the mark.
export function markStale(section, changes) {
  const mark = section.firstElementChild;
  const text = changes.length ? t("stale.mark", { changes: changes.join(t("stale.gap")) }) : "";
  if (mark.textContent === text) return;
  section.classList.toggle("stale", text !== "");
  mark.hidden = text === "";
  mark.replaceChildren(h("span", {}, text));
  say(text || t("stale.gone"));
}
