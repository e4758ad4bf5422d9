### Sweeps and studies: their limits, commands and report.

## Limits

sweep_pairs = Expected at most { $most } pairs of world.n_users × world.n_streamers; got { $received } (WHALE_MAX_PAIRS).
sweep_scored_pairs = Expected at most { $most } scored pairs, which are replays × rounds × users × streamers; got { $received } (WHALE_MAX_SCORED_PAIRS).
sweep_most_simulations = Expected at most { $most } simulations; got { $received } ({ $setting }).
sweep_most_k_values = Expected at most { $most } values of k; got { $received } ({ $setting }).
study_scored_pairs = Expected at most { $most } scored pairs, which are configurations × users × streamers; got { $received } (WHALE_MAX_SCORED_PAIRS).
study_gifts = Expected at most { $most } gifts, which are simulations × users × gift_probability; got { $received } (WHALE_MAX_PAIRS).
figure_configuration = Expected configuration from 0 to { $most }; got { $received }.
figure_unknown = Expected a figure among { LIST($known, "unit-short") }; got { $received }.
figure_without_data = Expected a figure that this result has, { LIST($known, "unit-short") }; got { $received }.

## Commands

progress_seeds = seeds
progress_configurations = configurations
progress_steps = steps
progress_kernels = kernels
progress_partitions = partitions
progress_read = read candidates
progress_reading = read candidates, reading { $number }
progress_sample = sample candidates
progress_allocate = allocate
progress_fill = fill
progress_fair = weigh equality
progress_frontier = points of the frontier
progress_write = write
progress_prices = prices
scheduler_without_config = Expected --scheduler with --config; got an own matrix.
until_decided_without_config = Expected --until-decided with --config; got an own matrix.
sweep_without_input = Expected --config, or --table, or --ev with --wealth; got none.
sweep_without_wealth = Expected --wealth, or a column of wealth in the table; got neither.
sweep_option_of_matrix = Expected { $option } with --table, --ev or --candidates; got --config.
sweep_config_and_matrix = Expected either --config or an own matrix; got both.
numbers_expected = Expected { $field } as { $whole ->
        [true] whole numbers
       *[false] numbers
    } with commas between; got { $received }.
study_written = { $headline } → { $output }
verified = Every figure of { $path } follows from its { $rows } rows.
verify_object = Expected { $path } as the JSON object that sweep writes.
verify_without = Expected a result of sweep in { $path }; it has no { $part }.
verify_of_matrix = Expected a result of sweep --config in { $path }; it is of an own matrix, and cannot be verified without that matrix.
verify_config = config of { $path }: { $reason }
gift_rate_twice = Expected either --interactions or --gift-rate; got both.
interactions_below_gifts = Expected at least as many interactions as gifts, { $gifts }; got { $received }.
free_gifts = { $rows } rows have a price of 0 and do not count as gifts.
calibrated = { $gifts } gifts. → { $output }
calibration_heading = Fitted to { $file }: target and fitted figure of each.
calibration_figure = figure
calibration_target = target
calibration_fitted = fitted
calibration_off = off
calibration_of_gift_rate = gift_rate
calibration_of_amount_p50 = amount_p50
calibration_of_amount_p90 = amount_p90
calibration_of_amount_p99 = amount_p99
calibration_of_amount_mean = amount_mean
calibration_of_user_gini = user_gini
calibration_of_top1_user_share = top1_user_share
calibration_of_gifts_per_giver = gifts_per_giver
calibration_of_wealth_tail = wealth_tail
calibration_of_streamer_gini = streamer_gini
beyond_tenth = beyond 10 %

## Report

report_title = Whale sweep: { $verdict }
report_verdict = Is the cap worth it?
report_verdict_column = Verdict
report_by_means = The plain rule of the published study (Gate-5C), which reads means and no intervals: { $word }.
report_no_effect_short = no effect
report_best = The three criteria, where most are met: { $name }
report_has_to_be = { $metric }; it has to be { $threshold }.
report_threshold_below = below { $value }
report_threshold_above = above { $value }
report_metric_overcrowded_share = overcrowded share
report_metric_streamer_gini = change of streamer Gini
report_metric_revenue_pct = ΔRevenue
report_metric_expected_revenue_pct = expected revenue
report_metric_expected_streamer_gini = Gini of expected revenue
report_effect_capacity = Capacities held
report_effect_priority = Whales first
report_effect_cap = The cap
report_effect_fairness = Weights
report_effect_total = In all
report_points = { " " }points
report_chain = What each rule changes, up to { $name }
report_chain_caption = Each rule is compared with the one before it, the first with greedy without capacities. ΔRevenue and the streamer Gini are of realised gifts, which luck moves as well.
report_rule = Rule
report_published = The rule of the published study
report_labelled = { $title }: { $word }
report_none = none
report_range = { $low } to { $high }
report_interval = 95 % interval { $low } to { $high }{ $unit }.
report_no_interval = No interval.
report_no_interval_short = no interval
report_binds_at = at { $streamers } streamers
report_binds_in = { FORMAT($percent, ".3g") } % of rounds
report_findings = What was found
report_figures = Figures
report_configurations = All configurations
report_configuration = Configuration
report_k_binds = k binds
report_caption = Mean over { $simulations ->
        [one] { $simulations } simulation
       *[other] { $simulations } simulations
    }{ $matrix ->
        [true] { " " }of the gifts
       *[false] { "" }
    } and 95 % bootstrap interval. Changes are against greedy, paired by seed.{ $corrected ->
        [true] { " " }p is corrected for all configurations (Holm).
       *[false] { "" }
    }
report_caption_effects = Mean over { $simulations ->
        [one] { $simulations } simulation
       *[other] { $simulations } simulations
    } and 95 % bootstrap interval. The cap and weights are compared with the same rule without them, all rules together with greedy without capacities.{ $corrected ->
        [true] { " " }p is corrected for all configurations (Holm).
       *[false] { "" }
    }
report_again = Run it again
report_again_matrix = With the same matrix and wealth, and capacities if there were any, as
report_again_config = Save this as sweep.yaml and run
report_seeds = Seeds
report_result = Result
