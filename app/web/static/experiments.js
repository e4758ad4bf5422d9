// Experiments in lists: what they are called, where they are, how far.

import { count, h, ROOT, t } from "./page.js";
import { kindAndTime, nameOf } from "./labels.js";

export const chip = (state) => h("span", { class: `chip ${state}` }, t(`state.${state}`));

export const isSweep = ({ kind }) => kind !== "allocation" && kind !== "frontier";

// The name as a link; below it, where it has one, what it is and when it was begun.
export function title(experiment) {
  const name = nameOf(experiment);
  const link = isSweep(experiment) ? h("a", { href: `${ROOT}/sweeps/${experiment.id}` }, name) : name;
  const below = experiment.name === null ? null : h("small", {}, kindAndTime(experiment));
  return h("span", {}, link, below);
}

export const progress = ({ progress: { seeds_done: done, seeds } }) => `${count(done)} / ${count(seeds)}`;
