### Messages of the simulator.

## Settings

setting_mapping = Expected a mapping of settings; got { $received }.
setting_mapping_in = Expected a mapping of settings in { $field }; got { $received }.
setting_unknown = Expected settings among { LIST($known, "unit") }; got { $received }.
setting_list = Expected { $field } as a list; got { $received }.
setting_empty = Expected at least one value in { $field }; got none.
setting_too_many = Expected at most { $most } values in { $field }; got { $received }.
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
run_unknown_column = Expected the columns of a run; { $column } is not one of them.

## Calibration

gift_numbers_expected = in numbers for { $column }

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
policy_fair_horizon = fair-horizon
policy_fair_horizon_description = Everybody one at a time, the richest first, where EV times a weight, less a price, is greatest; weights and prices are those of a fair allocation of all who are still to come, found anew every few rounds.
policy_fair_online = fair-online
policy_fair_online_description = Everybody one at a time, the richest first, where EV times a weight is greatest; the less a streamer has been given so far, the greater its weight.
policy_random = random
policy_random_description = Everybody goes to any streamer with capacity left, all equally likely.
policy_round_robin = round-robin
policy_round_robin_description = Everybody goes to the streamers in turn.
policy_shadow_price = shadow-price
policy_shadow_price_description = Online: everybody goes where EV less the shadow price of the round before is greatest.
policy_spend_cap = spend-cap
policy_spend_cap_description = Whales first, at most a given summed EV per streamer; then everybody else.

## Names

stored_text = { $text }
sentences = { JOIN($parts, " ") }
point_parts = { JOIN($parts, ", ") }
point_k = k = { $value }
point_whale_share = top { FORMAT($percent, "g") } %
point_capacity_scale = capacity × { FORMAT($value, "g") }
point_users_per_round = { $value } users a round
point_spend_cap = spend cap { FORMAT($value, ",.10g") }
point_alpha = α = { FORMAT($value, "g") }
point_theta = θ = { FORMAT($value, "g") }
point_within_spend = { $policy } within { FORMAT($spend_cap, "g") }
point_of_alpha = { $policy } with α = { FORMAT($alpha, "g") }
point_of_theta = { $policy } with θ = { FORMAT($theta, "g") }
algorithm_min_cost_flow = min-cost-flow
algorithm_greedy_edges = greedy-edges
algorithm_greedy_swaps = greedy-swaps
setting_name_k = k
setting_name_whale_share = the whale share
setting_name_capacity_scale = capacities
setting_name_algorithm = the algorithm
setting_name_policy = the policy
setting_name_users_per_round = the users in a round
setting_name_spend_cap = the spend cap
setting_name_alpha = α
setting_name_theta = θ
no_setting = without { $setting }
metric_revenue_pct = revenue
metric_streamer_gini = the streamer Gini
metric_overcrowded_share = the overcrowded share
metric_expected_revenue_pct = expected revenue
metric_expected_streamer_gini = its Gini

## Criteria and verdicts

criterion_overcrowding = Overcrowding ({ $code })
criterion_concentration = Concentration ({ $code })
criterion_revenue = Revenue ({ $code })
verdict_is_pass = pass
verdict_is_fail = fail
verdict_is_inconclusive = inconclusive
verdict_is_no_effect = the cap never takes effect
verdict_is_worth_it = worth having
verdict_is_not_worth_it = not worth having
verdict_is_undecided = not decided
verdict_is_depends = it depends
headline = Verdict by the 95 % intervals: { $verdict }{ $configurations ->
        [1] { "" }
       *[other] , in { $count } of { $configurations } configurations
    }{ $idle ->
        [0] { "" }
       *[other] ; in { $idle }, the cap never takes effect
    }{ $doubtful ->
        [true] ; no fall of the Gini stands after Holm's correction
       *[false] { "" }
    }.
headline_no_effect = Verdict: the cap never takes effect{ $configurations ->
        [1] { "" }
       *[other] { " " }in any of { $configurations } configurations
    }.
study_without_effect = No cap ever binds: no whale loses its first choice to one, and differences from the baseline have another cause.
study_of_one_pass = The only configuration meets all three criteria.
study_of_one_fail = The only configuration misses at least one criterion.
study_of_one_inconclusive = The simulations do not decide: the only configuration could be on either side of at least one threshold.
study_of_several = { $passing ->
        [0] None of the { $configurations } configurations meets
        [one] { $passing } of the { $configurations } configurations meets
       *[other] { $passing } of the { $configurations } configurations meet
    } all three criteria{ $inconclusive ->
        [0] { "" }
       *[other] ; for { $inconclusive }, the simulations do not decide
    }{ $idle ->
        [0] { "" }
       *[other] ; in { $idle }, the cap never takes effect
    }.
study_doubtful = But no fall of the Gini remains significant after correction for the number of comparisons (Holm): it may be chance.

## Answers

answer_worth_it = Yes: { $who }, { $sway ->
       *[other] if { PLAIN($gini_size, 2) } less concentration (Gini of expected revenue{ $exact ->
            [true] { "" }
           *[false] , { PLAIN($low, 2, "+") } to { PLAIN($high, 2, "+") }
        }) is worth { PLAIN($percent_size, 2) } % of expected revenue ({ $amount })
        [gain_gain] which lowers concentration by { PLAIN($gini_size, 2) } (Gini of expected revenue) and raises expected revenue by { PLAIN($percent_size, 2) } % ({ $amount })
        [gain_negligible] which raises expected revenue by { PLAIN($percent_size, 2) } % ({ $amount }) and leaves concentration as it is (Gini of expected revenue { PLAIN($gini, 2, "+") })
        [negligible_gain] which lowers concentration by { PLAIN($gini_size, 2) } (Gini of expected revenue), for a change of expected revenue that is too small to matter ({ PLAIN($percent, 2, "+") } %, { $amount })
    }, against { $against }{ $exact ->
        [true] ; the figures are exact.
       *[false] ; p = { FORMAT($p, ".2g") } after correction, from { $simulations } simulations.
    }
answer_not_worth_it = No: { $sway ->
       *[other] { $who } does not help:
        [negligible_negligible] the most that a cap does ({ $who }) is too small to matter:
        [negligible_fairness] the most that weights do ({ $who }) is too small to matter:
        [negligible_total] the most that a policy changes ({ $who }) is too small to matter:
        [loss_negligible] { $who } costs revenue and does not lower concentration:
        [loss_loss] { $who } costs revenue and raises concentration:
        [negligible_loss] { $who } raises concentration and hardly changes revenue:
        [loss_gain] { $who } lowers concentration, but costs more than the 5 % of revenue that the published study allows:
        [gain_loss] { $who } earns more and concentrates more:
    } expected revenue { PLAIN($percent, 2, "+") } % ({ $amount }), Gini of expected revenue { PLAIN($gini, 2, "+") }, against { $against }{ $exact ->
        [true] ; the figures are exact.
       *[false] , from { $simulations } simulations.
    }
answer_undecided = Not decided after { $simulations ->
        [one] { $simulations } simulation
       *[other] { $simulations } simulations
    }: { $who } changes the Gini of expected revenue by { $gini_change } and expected revenue by { $revenue_change }, against { $against }{ $needed ->
        [0] { "." }
       *[other] ; about { $needed } simulations would tell.
    }
answer_no_effect = No: { $simulations ->
        [0] { $several ->
            [true] none of the caps ever takes effect
           *[false] { $who } never takes effect
        }
       *[other] { $several ->
            [true] none of the caps takes effect in any of
           *[false] { $who } takes effect in none of
        } { $simulations } simulations
        [1] { $several ->
            [true] none of the caps takes
           *[false] { $who } does not take
        } effect in the only simulation
    }{ $reason ->
        [capacity] ; the capacities already spread the whales as far.
        [no_whales] ; there was no whale in any round.
        [no_value] ; no whale brings anything to any streamer.
        [few_wanted] ; even the most wanted streamer was first choice of only { $wanted ->
            [one] { $wanted } whale.
           *[other] { $wanted } whales.
        }
       *[unknown] .
    }{ $simulations ->
        [0] { "" }
       *[other] { " " }An effect in up to { PLAIN($most, 2) } % of simulations could have been missed (95 % confidence).
    }
answer_no_change = No: { $several ->
        [true] none of the rules changes
       *[false] { $who } does not change
    } any figure against { $against }.
stopped_after = { $undecided ->
        [0] { $early ->
            [true] Settled after { $simulations } of at most { $most } simulations, so the sweep stopped
           *[false] Settled, but not before the last of { $simulations } simulations
        }
       *[other] Not settled after all { $simulations } simulations: { $configurations ->
            [one] the verdict is
           *[other] of { $configurations } verdicts, { $undecided ->
                [one] { $undecided } is
               *[other] { $undecided } are
            }
        } open
    }. The intervals and p-values behind the verdicts stay valid however often one looks (confidence sequences, 95 % for all of them together).
amount_a_round = { PLAIN($amount, 3) } a round
amount_in_all = { PLAIN($amount, 3) } in all
answer_in_setting = [{ $setting }] { $answer }
answers = { JOIN($answers, " ") }
answers_counted = Of { $settings } settings of capacities and users a round, { JOIN($counts, "; ") }.
settings_worth_it = a cap is worth having in { $count }
settings_not_worth_it = no cap is worth having in { $count }
settings_no_effect = no cap changes anything in { $count }
settings_undecided = { $count } { $count ->
        [one] is
       *[other] are
    } not decided
against_same_rule = the same rule without a cap
against_same_weights = the same rule with equal weights
against_greedy = greedy without capacities
effects_chain = Step by step to { $who }, against greedy without capacities: { JOIN($steps, "; ") }.
effect_capacity = holding capacities changes expected revenue by { PLAIN($percent, 2, "+") } % and its Gini by { PLAIN($gini, 2, "+") }
effect_priority = serving whales first by { PLAIN($percent, 2, "+") } % and { PLAIN($gini, 2, "+") }
effect_cap = the cap by { PLAIN($percent, 2, "+") } % and { PLAIN($gini, 2, "+") }
effect_fairness = weights for equality by { PLAIN($percent, 2, "+") } % and { PLAIN($gini, 2, "+") }
effect_total = in all { PLAIN($percent, 2, "+") } % and { PLAIN($gini, 2, "+") }
luck_alone = Realised concentration is luck: the Gini of greedy's revenue is { FORMAT($realised, ".3f") }, and { FORMAT($chance, ".3f") } had the same gifts fallen at random. What a policy can change is the concentration of expected revenue, { FORMAT($expected, ".3f") }.
luck_exceeded = Of realised concentration, { PLAIN($percent, 2) } % is more than luck: the Gini of greedy's revenue is { FORMAT($realised, ".3f") }, and { FORMAT($chance, ".3f") } had the same gifts fallen at random. That of expected revenue, which has no luck in it, is { FORMAT($expected, ".3f") }.
luck_undercut = Realised concentration is { PLAIN($percent, 2) } % less than luck alone would give: the Gini of greedy's revenue is { FORMAT($realised, ".3f") }, and { FORMAT($chance, ".3f") } had the same gifts fallen at random. That of expected revenue, which has no luck in it, is { FORMAT($expected, ".3f") }.
luck_hides = The { $simulations } simulations of { $rounds ->
        [one] { $rounds } round
       *[other] { $rounds } rounds
    } are too few to tell { $who } from greedy by the realised Gini with 80 % power{ $needed ->
        [0] { "" }
       *[other] ; it takes about { $needed }
    }.
luck_ends = By the realised Gini, { $simulations } simulations tell { $who } from greedy with 80 % power from { $rounds ->
        [one] { $rounds } round
       *[other] { $rounds } rounds
    } on{ $before ->
        [0] { "" }
       *[other] , and not yet at { $before }
    }.
published_conclusion = The published study's criteria by their 95 % intervals, against greedy without capacities: { $conclusion }
best_by_concentration = The least concentration of expected revenue among what is worth having
best_by_expected_revenue = The highest expected revenue

## Findings

finding_of_group = [{ $group }] { $finding }
any_k = k
finding_no_effect = { $who }: no effect; every seed's expected figures are those of { $against }.
finding_effect = { $who } changes expected revenue by { $revenue } and its Gini by { $gini }, against { $against }: { $verdict }.
effect_unknown = an unknown amount
estimate_of_effect = { PLAIN($value, 2, "+") }{ $percent ->
        [true] { " %" }
       *[false] { "" }
    }{ $interval ->
        [true] { " " }({ PLAIN($low, 2, "+") } to { PLAIN($high, 2, "+") }{ $tested ->
            [true] , corrected p = { FORMAT($p, ".2g") }
           *[false] { "" }
        })
       *[false] { "" }
    }
effects_needed = To tell these effects from 0, two-sided at { FORMAT($level, "g") } % with a power of { FORMAT($power, "g") } %, it takes, where this study has { $simulations } simulations: { JOIN($needs, "; ") }.
needed_for = for { $who }, { $counts }
needed_for_metric = { $count } for { $metric }
effects_tests = Effects that are significant at p ≤ { FORMAT($level, "g") } after Holm's correction, each cap against the same rule without it: { JOIN($counts, ", ") }.
effects_tests_of_weights = Effects that are significant at p ≤ { FORMAT($level, "g") } after Holm's correction, weights against the same rule with equal weights: { JOIN($counts, ", ") }.
effects_tests_of_policies = Effects that are significant at p ≤ { FORMAT($level, "g") } after Holm's correction, each policy against greedy: { JOIN($counts, ", ") }.
cap_binds = k = { $k } binds in { $binding_rounds } of { $rounds } rounds: up to { $wanted ->
        [one] { $wanted } whale
       *[other] { $wanted } whales
    } wanted one streamer, with { FORMAT($whales, ".3g") } whales in a round on average.
cap_never_binds = { $who } never { $all ->
        [true] binds
       *[false] { $several ->
            [true] bind
           *[false] binds
        }
    }: in { $rounds } of { $rounds } rounds{ $several ->
        [true] { " " }for each k
       *[false] { "" }
    }, no streamer was wanted by more than { $wanted ->
        [one] { $wanted } whale
       *[other] { $wanted } whales
    }.
same_figures = { $who } give the same figures for every seed.
same_algorithms = { $algorithms } give the same figures for every seed and configuration.
published_by_means = By the published criteria (means, against greedy without capacities): { JOIN($parts, "; ") }.
published_met = { $who }: all three met
published_idle = { $who }: the cap never takes effect
published_missed = { $who }: { JOIN($criteria, ", ") }
missed_overcrowding = { $criterion } missed, with an overcrowded share of { FORMAT($value, ".3g") } %
missed_concentration = { $criterion } missed, with a streamer Gini changed by { FORMAT($value, "+.2g") }
missed_revenue = { $criterion } missed, with ΔRevenue { FORMAT($value, "+.3g") } %
revenue_without_baseline = { $who }: the baseline has no revenue to compare with.
all_criteria_met = { $who }: the means meet all three criteria.
cap_without_effect = { $who }: this cap never takes effect, and the criteria say nothing about it.
few_simulations = { $simulations } simulations are few: bootstrap intervals are about { FORMAT($width, ".2g") } times as wide as Student's, and what rests on them is less certain than it says.
no_test_possible = With { $simulations ->
        [one] { $simulations } simulation
       *[other] { $simulations } simulations
    }, no test can give p ≤ { FORMAT($level, "g") }: the least it can give is { FORMAT($least_p, ".3g") }. It takes { $needed } at least.
tests_counts = Changes against the baseline that stand at p ≤ { FORMAT($level, "g") } after Holm's correction (sign-flip tests, paired by seed): { JOIN($counts, ", ") }.
tests_count = { $metric } in { $stand } of { $tested }
tests_none = Changes against the baseline that stand at p ≤ { FORMAT($level, "g") } after Holm's correction (sign-flip tests, paired by seed): none were tested.
tests_impossible = None of { $configurations } could: the least p that { $simulations } simulations give is { FORMAT($least_p, ".2g") }.
verdict_counts = Verdicts on the published criteria by 95 % intervals, of { $configurations ->
        [one] { $configurations } configuration
       *[other] { $configurations } configurations
    }: pass { $passing }, fail { $failing }, inconclusive { $inconclusive }.
caps_without_effect = In { $count }, the cap never takes effect.
gini_falls_stand = Of those that pass, { $count ->
        [one] { $count } has
       *[other] { $count } have
    } a fall of the Gini that stands after Holm's correction.

## Findings of large studies

means_overview = By the means, { $passing } of { $configurations } configurations meet the published criteria; { JOIN($failing, ", ") }.
means_failing = { $count } fail { $criterion }
means_without_effect = In { $count }, the cap never takes effect, and none counts as a pass.
figure_revenue_pct = ΔRevenue
figure_streamer_gini = the change of the streamer Gini
figure_overcrowded_share = the overcrowded share
effects_overview = Verdicts on { $configurations } configurations: worth having { $worth_it }, not worth having { $not_worth_it }, without effect { $no_effect }, not decided { $undecided }.
best_by_effects = { $by }: { $who }, which changes expected revenue by { PLAIN($percent, 2, "+") } % and its Gini by { PLAIN($gini, 2, "+") }, against { $against }.
figure_cap_expected_revenue_pct = the cap's effect on expected revenue
figure_cap_expected_streamer_gini = the cap's effect on the Gini of expected revenue
figure_fairness_expected_revenue_pct = the effect of weights on expected revenue
figure_fairness_expected_streamer_gini = the effect of weights on the Gini of expected revenue
figure_total_expected_revenue_pct = the effect of all rules on expected revenue
figure_total_expected_streamer_gini = the effect of all rules on the Gini of expected revenue
figure_overview = Across configurations, { JOIN($parts, "; ") }.
figure_constant = { $figure } is { $value } in each{ $rounded ->
        [true] , to the digits shown
       *[false] { "" }
    }
figure_range = { $figure } ranges from { $low } ({ $at_low }) to { $high } ({ $at_high })
figure_dependence = it varies most with { $setting }: on average { JOIN($ends, ", ") }
figure_at_level = { $value } at { $level }
k_never_binds_anywhere = k never binds in any of { $configurations } configurations: no streamer was wanted by more than { $wanted ->
        [one] { $wanted } whale
       *[other] { $wanted } whales
    }.
k_binds_somewhere = k binds in { $count } of { $configurations } configurations{ $in_rounds ->
        [true] , most at { $who }: in { $binding_rounds } of { $rounds } rounds
       *[false] { "" }
    }; up to { $wanted ->
        [one] { $wanted } whale
       *[other] { $wanted } whales
    } wanted one streamer.
other_overload_anywhere = By overload_rate (of streamers) instead of overcrowded_share (of interactions), { $criterion } would come out the other way in { $count } of { $configurations } configurations.

## Findings of find-settings

search_compared_by = Compared by expected revenue and its Gini, { $capped ->
        [true] each cap against the same rule without it{ $both ->
            [true] , policies without a cap against greedy
           *[false] { "" }
        }
       *[false] each policy against greedy
    }; changes below { PLAIN($percent, 2) } % of revenue or { PLAIN($gini, 2) } of the Gini are too small to matter.
search_compared_by_weights = Compared by expected revenue and its Gini, weights against the same rule with equal weights{ $capped ->
        [true] , each cap against the same rule without it
       *[false] { "" }
    }{ $both ->
        [true] , policies without either against greedy
       *[false] { "" }
    }; changes below { PLAIN($percent, 2) } % of revenue or { PLAIN($gini, 2) } of the Gini are too small to matter.
search_without_expected_figures = The runs have no expected figures, so nothing can be compared.
search_figures = { $without_revenue ->
        [true] no expected revenue to lose
       *[false] expected revenue { PLAIN($revenue, 3, "+") } %
    }, its Gini { PLAIN($gini, 2, "+") }, overcrowded share { FORMAT($crowded, ".3g") } %
search_passing = { $configurations ->
        [1] The only configuration is
       *[other] { $passing } of { $configurations } configurations { $passing ->
            [one] is
           *[other] are
        }
    } worth having, over { $simulations } simulations.
search_cheapest = The cheapest is { $who }: { $figures }.
search_none = { $configurations ->
        [1] The only configuration is not shown to be worth having
       *[other] None of { $configurations } configurations is shown to be worth having
    }, over { $simulations ->
        [one] { $simulations } simulation
       *[other] { $simulations } simulations
    }.
search_nearest = The nearest miss is { $who } ({ $figures }): { JOIN($shortfalls, "; ") }.
search_undecided = { $count ->
        [one] { $count } is not decided
       *[other] { $count } are not decided
    }{ $needed ->
        [0] { "." }
       *[other] ; about { $needed } simulations would tell.
    }
search_without_effect = In { $idle } of { $configurations } configurations, the cap changes nothing: none of these can pass.
search_one_best = No configuration is better than { $who } in expected revenue, its Gini or the overcrowded share{ $others ->
        [0] { "" }
        [1] ; 1 other is as good
       *[other] ; { $others } others are as good
    }.
search_front = { $count } configurations are on the Pareto front of expected revenue against its Gini and the overcrowded share, all against greedy: from { $first } ({ $first_figures }) to { $last } ({ $last_figures }).
lacks_concentration = its Gini has to fall by { PLAIN($threshold, 2) } to matter, and the interval reaches { PLAIN($bound, 2, "+") }
lacks_gain = expected revenue has to rise by { PLAIN($threshold, 2) } % to matter, and the interval begins at { PLAIN($bound, 2, "+") } %
lacks_loss = expected revenue must not fall by { PLAIN($threshold, 2) } %, and the interval begins at { PLAIN($bound, 2, "+") } %
lacks_more_concentration = a change of its Gini by { PLAIN($threshold, 2) } matters, and the interval reaches { PLAIN($bound, 2, "+") }
lacks_significance = { $few ->
        [true] the simulations are too few for a test
       *[false] after Holm's correction, p is { FORMAT($p, ".2g") }, above { FORMAT($level, "g") }
    }

## Findings of results that were stored before effects

verdict_of_one_simulation = The verdict on { $who } is { $verdict }: one simulation has no interval.
intervals_pass = By the 95 % intervals, { $who } meets all three criteria: each interval is on the right side of its threshold.
intervals_fail = By the 95 % intervals, { $who } fails: { JOIN($reasons, "; ") }.
intervals_inconclusive = By the 95 % intervals, { $who } is inconclusive: { JOIN($reasons, "; ") }.
interval_of_overcrowding = { $criterion } { $fails ->
        [true] fails
       *[false] is open
    }, with an overcrowded share of { FORMAT($low, ".3g") } to { FORMAT($high, ".3g") } %, limit { FORMAT($threshold, "g") } %{ $few ->
        [true] , from too few simulations
       *[false] { "" }
    }
interval_of_concentration = { $criterion } { $fails ->
        [true] fails
       *[false] is open
    }, with a Gini changed by { FORMAT($low, "+.2g") } to { FORMAT($high, "+.2g") }, limit { FORMAT($threshold, "g") }{ $few ->
        [true] , from too few simulations
       *[false] { "" }
    }
interval_of_revenue = { $criterion } { $fails ->
        [true] fails
       *[false] is open
    }, with a ΔRevenue of { FORMAT($low, "+.3g") } to { FORMAT($high, "+.3g") } %, limit { FORMAT($threshold, "g") } %{ $few ->
        [true] , from too few simulations
       *[false] { "" }
    }
other_overload = By overload_rate ({ FORMAT($rate, ".3g") } % of streamers) instead of overcrowded_share ({ FORMAT($crowded, ".3g") } % of interactions), { $criterion } would { $holds ->
        [true] hold
       *[false] fail
    } for { $who }; the means would { $still ->
        [true] still{ " " }
       *[false] { "" }
    }{ $passes ->
        [true] meet
       *[false] miss
    } the criteria.
simulations_needed = Simulations needed for { $who }, two-sided at { FORMAT($level, "g") } % with a power of { FORMAT($power, "g") } %, where this study has { $simulations }: { JOIN($needs, "; ") }.
simulations_for_revenue = { $count } to see a ΔRevenue of { FORMAT($percent, "g") } %
simulations_for_overcrowding = { $count } to tell the overcrowded share from { FORMAT($percent, "g") } %
simulations_for_observed = to see the changes observed, { $counts }
simulations_for_metric = { $count } for { $metric }
test_of_one = Sign-flip test, paired by seed: the change of { $metric } has p = { FORMAT($p, ".2g") }.
tests_of_metric = Sign-flip tests, paired by seed: { $metric } differs from the baseline's at p ≤ { FORMAT($level, "g") } in { $alone } of { $tested } configurations, each tested alone, and in { $corrected } after Holm's correction for testing { $tested }; the least corrected p is { FORMAT($least, ".2g") }.
revenue_of_one_simulation = { $who }: ΔRevenue { FORMAT($percent, "+.3g") } % is from one simulation, which has no interval.
revenue_unchanged = { $who }: ΔRevenue { FORMAT($percent, "+.3g") } %: no seed's revenue differs from the baseline's.
revenue_change = { $who }: ΔRevenue { FORMAT($percent, "+.3g") } %, paired by seed, is { $noise ->
        [true] inside
       *[false] outside
    } the noise: its 95 % interval, { FORMAT($low, "+.3g") } to { FORMAT($high, "+.3g") } %, { $noise ->
        [true] contains 0
       *[false] does not contain 0
    }; revenue differs from the baseline's in { $differing } of { $seeds } seeds, and itself varies from seed to seed with a standard deviation of { FORMAT($variation, ".3g") } %.
overcrowding_fails = { $criterion } fails for { $who }: the overcrowded share is { FORMAT($percent, ".3g") } %, { FORMAT($points, ".3g") } points above the limit of { FORMAT($threshold, "g") } % (baseline { FORMAT($baseline, ".3g") } %).
concentration_fails = { $criterion } fails for { $who }: the streamer Gini { $unchanged ->
        [true] stays at { FORMAT($before, ".7f") }
       *[false] rises by { FORMAT($change, ".2g") }, from { FORMAT($before, ".7f") } to { FORMAT($after, ".7f") }
    }.
revenue_fails = { $criterion } fails for { $who }: ΔRevenue is { FORMAT($percent, "+.3g") } %, { FORMAT($points, ".3g") } points below the limit of { FORMAT($threshold, "g") } %.
best_configuration = The best, by criteria met and then by revenue, is { $who }: { $met } of { $criteria } met; { JOIN($figures, ", ") }.
best_figure = { $figure } { $value }{ $interval ->
        [true] { " " }({ $low } to { $high })
       *[false] { "" }
    }
figure_under_greedy = under greedy it is { $constant ->
        [true] { $low }
       *[false] { $low } to { $high }
    }
search_none_by_intervals = None of them passes by its intervals.
search_cheapest_sure = The cheapest that passes by its intervals is { $who }: { $figures }.
shortfall_overcrowding = { $criterion } by { FORMAT($by, ".3g") } points of overcrowded share ({ FORMAT($percent, ".2g") } % of the limit)
shortfall_revenue = { $criterion } by { FORMAT($by, ".3g") } points of ΔRevenue ({ FORMAT($percent, ".2g") } % of the limit)
shortfall_concentration = { $criterion } { $unchanged ->
        [true] because the streamer Gini stays
       *[false] by a streamer Gini that rises { FORMAT($by, ".2g") } ({ FORMAT($percent, ".2g") } % of what it was)
    }

## Findings on a matrix

matrix_k_never_binds = k = { $k } never binds: no streamer is wanted by more than { $wanted ->
        [one] { $wanted } whale
       *[other] { $wanted } whales
    }.
matrix_k_binds = k = { $k } binds: { $streamers ->
        [one] { $streamers } streamer
       *[other] { $streamers } streamers
    } wanted by more whales than fit, one by { $wanted }; { $displaced } of { $whales } whales get less than at their first choice, { FORMAT($mean_cost, ".4g") } each on average, { FORMAT($cost, ".6g") } in all.
matrix_price_of_whale_cap = k = { $k }: one more whale slot is worth most at streamer { $streamer }, { FORMAT($price, ".4g") }.
matrix_price_of_capacity = k = { $k }: one more place is worth most at streamer { $streamer }, { FORMAT($price, ".4g") }.
matrix_change = Against greedy without capacities, { $who } changes expected revenue by { FORMAT($revenue, "+.4g") } % and the Gini of expected revenue by { FORMAT($gini, "+.2g") }{ $drawn ->
        [true] ; over { $simulations } simulations of the gifts, revenue changes by { FORMAT($percent, "+.3g") } %, 95 % interval { FORMAT($low, "+.3g") } to { FORMAT($high, "+.3g") } %
       *[false] { "" }
    }.
matrix_overcrowding_fails = { $criterion } fails for { $who }: { FORMAT($percent, ".3g") } % of users are at a crowded streamer, and the limit is { FORMAT($threshold, "g") } %.
matrix_concentration_fails = { $criterion } fails for { $who }: the streamer Gini is { FORMAT($after, ".5f") } after { FORMAT($before, ".5f") }.
matrix_revenue_fails = { $criterion } fails for { $who }: revenue changes by { FORMAT($percent, "+.3g") } %, and the limit is { FORMAT($threshold, "g") } %.
study_of_one_streamer_per_user = Expected users who are shown to one streamer each.

## Verification

verify_input = { $place }: { $reason }
verify_part = Expected { $part } in the result; got { $received }.
verify_foreign_run = { $place }: expected a run of the configuration, stored { $run }.
verify_repeated_run = { $place }: expected each run once, stored { $run } twice.
verify_missing_run = runs: expected { $run }, stored none.
verify_run = { $configuration }, seed { $seed }
verify_mismatch = { $place }: expected { $expected }, stored { $stored }.
verify_absent = { $place }: expected { $expected }, stored nothing.
verify_count = { $place }: expected { $expected } entries, stored { $stored }.
verify_unpublished = { $place }: expected { $expected } as published, stored { $stored }.

## Figures

chart_no_k = no k
chart_k = { FORMAT($k, "d") }
chart_spend_cap = { $policy } { FORMAT($spend_cap, ",g") }
chart_dashed_greedy = Dashed:{ "\u00A0" }greedy.
chart_baseline = the baseline's
chart_baseline_level = the baseline's { $value }
chart_amount_share = { $is_range ->
        [true] { $low } to { $high } points
       *[false] { $low } points
    }
chart_amount_percent = { $is_range ->
        [true] { $low } to { $high } %
       *[false] { $low } %
    }
chart_amount_number = { $is_range ->
        [true] { $low } to { $high }
       *[false] { $low }
    }
chart_metric_overcrowded_share = { $first ->
        [true] Overload
       *[false] overload
    }
chart_metric_streamer_gini = { $first ->
        [true] The streamer Gini
       *[false] the streamer Gini
    }
chart_metric_revenue_pct = { $first ->
        [true] Revenue
       *[false] revenue
    }
chart_change_unknown = The change of { $metric } cannot be told.
chart_change_once = { $metric_first } changes by { $amount }, in one simulation only.
chart_change_none = { $only_k ->
        [true] No k changes { $metric } at all: it is the baseline's at every k.
       *[false] No configuration changes { $metric } at all: it is the baseline's in every configuration.
    }
chart_change_unsure = { $only_k ->
        [true] No k
       *[false] No configuration
    } changes { $metric } significantly: { $by_tests ->
        [true] no change from { $base } stands after Holm's correction.
       *[false] every interval contains { $base }.
    }
chart_change_everywhere = { $metric_first } { $falls ->
        [true] falls
       *[false] rises
    } { $only_k ->
        [true] at every k
       *[false] in every configuration
    }, by { $amount }.
chart_change_somewhere = { $metric_first } { $turns }{ $level ->
        [0] { "" }
       *[other] { $by_tests ->
            [true] ; { $level } cannot be told from { $base } (Holm)
           *[false] ; { $level ->
                [one] one interval contains
               *[other] { $level } intervals contain
            } { $base }
        }
    }.
chart_turn = { $falls ->
        [true] falls
       *[false] rises
    } in { $count } of { $total } (most: { $who }, { $amount })
axis_k = Whale cap k, whales per streamer
axis_overcrowded_share = Overcrowded share of interactions, %
axis_gini_change = Change of streamer Gini against greedy
axis_gini_change_from_0_to_1 = Change of streamer Gini against greedy (0 to 1)
axis_revenue_change = ΔRevenue against greedy, %
axis_binding_rounds = Rounds in which k binds, %
axis_streamers_over_cap = Streamers wanted by more whales than fit
axis_whales_together = Whales at one streamer in one round
axis_share_of_whales = Share of the whales placed, %
axis_raising_k = Raising the whale cap k
axis_price_replay = Revenue per unit of k, currency units a replay
axis_price_simulation = Revenue per unit of k, currency units a simulation
axis_rounds = Rounds played
axis_streamer_gini = Gini of greedy's revenue over streamers
axis_whale_share = Whales: wealthiest users, %
chart_overload_by_k = Overload across k
chart_overload_below = All stay below the { $limit } % of { $criterion }{ $drawn ->
        [true] { " " }(dotted)
       *[false] { "" }
    }: at most { $most } %.
chart_overload_limit = { $all ->
        [true] All { $above }
       *[false] { $above } of { $total }
    } reach the { $limit } % of { $criterion }{ $drawn ->
        [true] { " " }(dotted)
       *[false] { "" }
    }.
chart_gini_by_k = Concentration across k
chart_revenue_by_k = Revenue across k
chart_revenue_limit = { $below ->
        [0] None
       *[other] { $below }
    } of { $total } lose more than the { $limit } % of { $criterion } (dotted).
chart_effects = What each rule changes, step by step: { $who }
chart_effect_capacity = Capacity held
chart_effect_priority = Whales first
chart_effect_cap = Cap k = { $k }
chart_effect_fairness = Weights, { $weights }
chart_effect_total = In all
chart_effect_interval = { $change } ({ $low } to { $high })
axis_expected_revenue_change = Change of expected revenue, % of greedy’s
axis_expected_gini_change = Change of the Gini of expected revenue
chart_where_k_binds = Where k binds
chart_whales_wanted = up to { $wanted ->
        [one] { $wanted } whale
       *[other] { $wanted } whales
    } wanted the same streamer, { $matrix ->
        [true] of { $whales } whales{ $at_most ->
            [true] { " " }at most
           *[false] { "" }
        }
       *[false] with { $whales } whales in a round on average{ $at_most ->
            [true] { " " }at most
           *[false] { "" }
        }
    }
chart_k_never_binds = No k ever binds, so none can change anything: { $scarce }.
chart_k_binds = The cap binds most at { $who }, { $matrix ->
        [true] at { $amount } streamers
       *[false] in { $amount } of rounds
    }{ $never ->
        [0] { "" }
       *[other] ; { $never } of { $total } configurations never bind
    }: { $scarce }.
chart_heat_map = Revenue by algorithm and k
chart_algorithms_alike = Under the same k, all algorithms earn the same.
chart_heat_map_ends = Highest: { $best } ({ $highest } %); lowest: { $worst } ({ $lowest } %).{ $compared ->
        [true] { " " }Under the same k, they are at most { $gap } points apart.
       *[false] { "" }
    }
chart_price_of_the_cap = The price of the cap
chart_step = k { $step }
chart_cap_costs_nothing = Raising k changes no revenue in any simulation: the cap costs nothing.
chart_price_once = The largest gain is { $gain } at { $who }, in one simulation only.
chart_gain = { $gain } { $matrix ->
        [true] a simulation
       *[false] a replay
    } (95 % interval { $low } to { $high })
chart_price_unsure = No step of k changes revenue significantly: none has p ≤ { FORMAT($level, "g") }{ $corrected ->
        [true] { " " }after Holm's correction
       *[false] { "" }
    }. The largest mean gain is { $gain } at { $who }.
chart_price_sure = { $sure } of { $total } steps gain revenue significantly{ $corrected ->
        [true] { " " }after Holm's correction
       *[false] { "" }
    } and { $losing } lose; the largest gain, at { $who }, is { $gain }.
chart_sensitivity = Sensitivity to the whale threshold{ $several ->
        [true] { " " }({ JOIN($fixed, ", ") })
       *[false] { "" }
    }
chart_moving_overcrowded_share = overload
chart_moving_streamer_gini = ΔGini
chart_moving_revenue_pct = ΔRevenue
chart_move = { $metric } { $stays ->
        [true] stays at { $was }
       *[false] goes from { $was } to { $now }
    }
chart_thresholds = From the top { FORMAT($low, "g") } % to the top { FORMAT($high, "g") } % under k = { $k }: { JOIN($moves, ", ") }. Dashed:{ "\u00A0" }greedy.
chart_luck_by_rounds = Luck in concentration, by rounds
chart_luck_realised = realised
chart_luck_chance = at random
chart_luck_expected = expected
chart_tradeoff = Concentration against revenue
chart_mark = { $capped ->
        [true] { $several ->
            [true] { $series } k = { JOIN($ks, ", ") }
           *[false] k = { JOIN($ks, ", ") }
        }
       *[false] { $series }
    }
chart_marks = { JOIN($marks, "; ") }
chart_gini_without_loss = { $count } of { $total } have a lower Gini without losing revenue (lowest: { $who }, { $gini } at { $revenue } %).
chart_gini_at_a_cost = Every lower Gini costs revenue: the cheapest is { $who }, { $gini } for { $revenue } %.
chart_gini_never_lower = No configuration has a lower Gini than greedy.
chart_gini_beyond_noise = { $count ->
        [0] None of the { $total } changes of Gini is
        [one] { $count } of the { $total } changes of Gini is
       *[other] { $count } of the { $total } changes of Gini are
    } beyond noise{ $corrected ->
        [true] , after Holm's correction
       *[false] { "" }
    }.
chart_greedy_on_front = Greedy { $on_front ->
        [true] is
       *[false] is not
    } on the Pareto front (dashed).
chart_greedy_on_some_fronts = Greedy is on the Pareto front (dashed) at { $panels }.
chart_up_and_left = Up and to the left is better.
chart_whale_distribution = Who shares a streamer with another whale{ $several ->
        [true] { " " }({ $series })
       *[false] { "" }
    }
chart_no_sharing = No whale shares its streamer with another, under greedy or under any k.
chart_sharing = { $several ->
        [true] At { $panel }, { $greedy } %
       *[false] { $greedy } %
    } of whales share their streamer under greedy, { JOIN($shares, ", ") }.
chart_sharing_under_k = { $percent } % under k = { $k }

## Calibration

calibration_too_few = Expected at least { $least } gifts to fit a world to; got { $received }.
calibration_interactions = Expected at most { $most } interactions per user, which are gifts / gift_rate / users; got { $received }.
calibration_without_gifts = Expected a replay with gifts; at this rate it has none.
gift_log_lengths = Expected a user, a streamer and an amount for each gift.
gift_log_empty = Expected at least one gift; got none.
gift_log_amount = Expected amounts above 0 and at most { FORMAT($most, "g") }; gift { FORMAT($gift, "d") } has { FORMAT($received, "g") }.
gift_log_numbers = Expected { $name } in numbers; got { $received }.
gift_log_whole = Expected { $name } in whole numbers; got { FORMAT($received, "g") }.
gift_log_dimensions = Expected { $name } in one dimension; got { $received }.

## Studies in the documentation

studies_title = The studies, run again
studies_preface = `make studies` writes this page from the files in `configs/`. Each table takes the policy apart that the answer is about: every line is one change of rule against the line before, the last is all of them against greedy without capacities. Changes of expected revenue are in percent of greedy's. Brackets hold 95 % intervals over the simulations; † marks what Holm's correction does not tell from chance.
studies_answer = { $answer } ({ $simulations } simulations.)
studies_expected_revenue_pct = expected revenue, %
studies_expected_streamer_gini = Gini of expected revenue
studies_streamer_gini = Gini of realised revenue
studies_capacity = capacities hold
studies_priority = whales first
studies_cap = the cap: { $who }
studies_fairness = weights for equality: { $who }
studies_total = in all: { $who }
studies_in_setting = { $setting }: { $title }
studies_frontier = The price of equality: what weights change, by how much equality counts, against the same rule with equal weights; the Gini of expected revenue that is left; and what all rules together change in expected revenue, against greedy.
studies_frontier_capacity = capacity ×
studies_frontier_weights = weights
studies_frontier_revenue = weights: expected revenue, %
studies_frontier_change = weights: Gini of expected revenue
studies_frontier_gini = Gini of expected revenue
studies_frontier_total = in all: expected revenue, %
studies_luck = Luck by rounds: the Gini of greedy's revenue as realised, had the same gifts fallen at random, and of expected revenue; what { $who } changes in it, with all rules, against greedy; and the simulations in which the realised Gini would show that with 80 % power (–: none would).
studies_luck_rounds = rounds
studies_luck_realised = realised
studies_luck_chance = at random
studies_luck_expected = expected
studies_luck_realised_effect = change of realised
studies_luck_expected_effect = change of expected
studies_luck_simulations_needed = simulations needed
