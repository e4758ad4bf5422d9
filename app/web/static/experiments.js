// Experiments in lists: what they are called, where they are, how far.

import { count, h, ROOT, t, when } from "./page.js";

export const chip = (state) => h("span", { class: `chip ${state}` }, t(`state.${state}`));

export function title(experiment) {
  const words = [t(`kind.${experiment.kind}`), when(experiment.created)].join(", ");
  if (experiment.kind === "allocation") return words;
  return h("a", { href: `${ROOT}/sweeps/${experiment.id}` }, words);
}

export const progress = ({ progress: { seeds_done: done, seeds } }) => `${count(done)} / ${count(seeds)}`;
