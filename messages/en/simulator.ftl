### Messages of the simulator.

## Settings

setting_mapping = Expected a mapping of settings; got { $received }.
setting_unknown = Expected settings among { LIST($known, "unit-narrow") }; got { $received }.
setting_list = Expected { $field } as a list; got { $received }.
setting_empty = Expected at least one value in { $field }; got none.
setting_repeated = Expected different values in { $field }; got { $received } twice.
setting_whole = Expected { $field } as a whole number; got { $received }.
setting_number = Expected { $field } as a number; got { $received }.
setting_at_least = Expected { $field } ≥ { $bound }; got { $received }.
setting_at_most = Expected { $field } ≤ { $bound }; got { $received }.
setting_between = Expected { $field } from { $least } to { $most }; got { $received }.
setting_above = Expected { $field } above { $above } and at most { $most }; got { $received }.
setting_one_of = Expected { $field } as one of { LIST($known, "or") }; got { $received }.
setting_rising = Expected rising prices in { $field }; got { FORMAT($price, "g") } after { FORMAT($below, "g") }.
setting_tier_weights = Expected a weight for each of { $tiers } tiers; got { $weights }.
setting_no_weight = Expected a weight above 0; all are 0.
study_configurations = Expected at most { $most } configurations, which are k_values × whale_shares; got { $received }.
study_rows = Expected at most { $most } rows, which are k_values × whale_shares × simulations; got { $received }.
run_mapping = Expected a row as a mapping; got { $received }.
run_without_column = Expected the columns of a run; it has no { $column }.
run_unknown_column = Expected the columns of a run; it has { $column }, which is none of them.

## Policies

policy_greedy = greedy
policy_greedy_description = Everybody goes to the streamer of the highest EV, without any cap.
policy_tiered = tiered
policy_tiered_description = Whales first, at most k per streamer; then everybody else into the capacity left.
policy_capacity_greedy = capacity-greedy
policy_capacity_greedy_description = Everybody goes to the best streamer with capacity left, without tiers.
policy_joint = joint
policy_joint_description = Both tiers at once, at the greatest total EV under cap and capacities.
policy_exposure = exposure
policy_exposure_description = Tiered, and streamers in turn are guaranteed a minimum of users.
policy_random = random
policy_random_description = Everybody goes to any streamer with capacity left, all equally likely.
policy_round_robin = round-robin
policy_round_robin_description = Everybody goes to the streamers in turn.
policy_shadow_price = shadow-price
policy_shadow_price_description = Online: everybody goes where EV less the shadow price of the round before is greatest.
policy_spend_cap = spend-cap
policy_spend_cap_description = Whales first, at most a given summed EV per streamer; then everybody else.
