// The chain of rules as one picture, of the configuration that the reader chooses.

import { call, refusal } from "./api.js";
import { drawFigure } from "./charts.js";
import { configurationNamer } from "./configuration-names.js";
import { $, h } from "./page.js";
import { JUDGED } from "./verdict.js";

export const FIGURE = "chain-of-effects";

const FROM_THE_BEST = ["worth_it", "undecided", "not_worth_it", "no_effect"];

// The configuration that the answer names, of the first setting of capacities and users.
function foremost(results) {
  const [{ capacity_scale: scale, users_per_round: users }] = results;
  const alike = results.filter((each) => each.capacity_scale === scale && each.users_per_round === users);
  const judged = JUDGED.find((effect) => alike.some((each) => each.effects[effect]));
  const rank = (each) => FROM_THE_BEST.indexOf(each.verdict);
  const gini = ({ effects }) => effects[judged].expected_streamer_gini.mean;
  const [first] = alike.filter((each) => each.effects[judged]).sort((a, b) => rank(a) - rank(b) || gini(a) - gini(b));
  return results.indexOf(first);
}

// address: of the experiment. Shows nothing of results without effects, as those of early versions.
export async function showEffects(section, address, result) {
  const { results } = result;
  if (!results.every((each) => each.effects && Object.keys(each.effects).length)) return;
  const name = configurationNamer(result);
  const first = foremost(results);
  const select = $("effects-of");
  select.replaceChildren(...results.map((each, at) => h("option", { value: at, selected: at === first }, name(each))));
  select.closest("p").hidden = results.length === 1;
  section.hidden = false;
  const figure = section.querySelector("figure");
  let turn = 0;
  const draw = async () => {
    const mine = (turn += 1);
    const response = await call(`${address}/figures/${FIGURE}.json?configuration=${select.value}`);
    if (!response.ok) throw await refusal(response);
    const specification = await response.json();
    if (mine === turn) await drawFigure(figure, specification);
  };
  select.addEventListener("change", draw);
  await draw();
}
