### Texts of the page; scripts get them as templates.

brand = Whale matching

skip = Skip to the content

nav_label = Main
nav_languages = Language
nav_allocation = Allocate
nav_new-sweep = Sweep
nav_history = History
nav_docs = API

noscript = This page needs JavaScript to talk to the service.

loading = Loading …

key_title = This service asks for a key
key_why = The service printed it at start; otherwise, ask the person who runs it. It is kept until you close this tab.
key_label = Key
key_send = Go on
key_wrong = The service does not know this key.

error_unknown = The service answered with status { $status }.
error_away = The service does not answer. Is it running?

time_moment = a moment
time_seconds = { $count } s
time_minutes = { $count } min

home_title = Heavy spenders, well spread
home_lead = A few users, the whales, bring most of the revenue, and left alone they pile up on the same few streamers. Here they are allocated first, at most k to a streamer, at the greatest expected value there is. And here you find out whether such a cap is worth having.
home_allocate = Allocate
home_allocate_what = Give expected values and a cap. See who goes where, what it is worth, who was displaced, and what one more slot would add. Proven optimal.
home_allocate_example = See an example
home_allocate_own = Use your own data
home_sweep = Does a cap help on your data?
home_sweep_what = A cap lets at most k whales to one streamer. See what each k gains and costs, and how sure that is: on your own table, or in a drawn market.
home_sweep_own = Ask your own table
home_sweep_drawn = Ask a drawn market
home_sweep_go = Try a cap
home_recent = Latest experiments
home_recent_caption = The five newest experiments
home_all = All experiments

form_title = Does a cap help on your data?
form_lead = A cap lets at most k whales to one streamer. See what each k gains and costs, and how sure that is.
source_title = Where to try it
source_own = On your own table
source_own_what = Expected values and wealth of your users, as { $formats }. Every cap is solved exactly; gifts are drawn around its values.
source_drawn = In a drawn market
source_drawn_what = Users, streamers and gifts are drawn and replayed, round by round: the published study, and variants of it.

own_table = Your table
own_wealth = Who is a whale? Choose the column of wealth, or add a file of wealth.
own_gifts = Gifts
own_answer = What matters

form_preset = Start from

preset_reference = Reference
preset_reference_what = The published experiment with its true optimum: k = 1, 2, 3, 5, 50 simulations. Takes seconds.
preset_congested = Congested
preset_congested_what = Where caps bind: top 5 % as whales, 500 users a round, shrinking capacities.
preset_threshold = Threshold
preset_threshold_what = Who counts as a whale: the top 0.1, 1 or 5 %.
preset_grid = Grid
preset_grid_what = All of it crossed, three algorithms: 108 configurations. Takes minutes.

form_compared = What is compared
form_policies = Rules that are compared
form_policies_hint = Each is compared with greedy: everybody at their best streamer, whatever its capacity. What capacity-greedy changes is due to capacity; only what tiered adds to it is due to serving whales first and to the cap.
form_repeated = How often
form_more = More settings
form_world = The drawn market
form_algorithms = How whales are allocated

algorithm_min-cost-flow = At the optimum (min-cost flow)
algorithm_greedy-edges = Greedily, best pairs first (greedy-edges)
algorithm_greedy-swaps = Greedily, then random swaps (greedy-swaps)

form_size = { $configurations } configurations × { $simulations } simulations, each with the rules that lead to it from greedy.
form_size_most = { $configurations } configurations × at most { $simulations } simulations, each with the rules that lead to it from greedy.
form_until_decided = Stop as soon as every verdict is settled
form_run = Run

field_k_values = Whale caps k
field_k_values_hint = Most whales a streamer takes in a round; several, with commas between.
field_whale_shares = Whales: top share of users, %
field_whale_shares_hint = By wealth. Several, with commas between.
field_capacity_scales = Capacities ×
field_capacity_scales_hint = 1 is full size, 0.5 half of it. Several, with commas between.
field_users_per_round = Users in a round
field_users_per_round_hint = How many come at the same time.
field_simulations = Simulations
field_simulations_hint = More simulations narrow the intervals; with fewer than 6, nothing can be decided.
field_rounds = Rounds in each
field_rounds_hint = How long a simulation lasts.
field_seed = First seed
field_seed_hint = The same seed gives the same result.
field_spend_caps = Spend caps
field_spend_caps_hint = For spend-cap: most summed EV of a streamer’s whales. Several, with commas between.
field_alphas = Weight of equality, α
field_alphas_hint = For fair-online: 0 counts EV alone, 1 evens revenues out. Several, with commas between.
field_thetas = Weight of equality, θ
field_thetas_hint = For fair-horizon: 0 counts EV alone, 1 is the most. Several, with commas between.
field_own_simulations = Simulations
field_own_simulations_hint = How often gifts are drawn; with fewer than 6, nothing can be decided.
field_own_gift_probability = Chance of a gift, %
field_own_gift_probability_hint = Of a user who meets a streamer. A gift is then EV divided by it, on average.
field_own_amount_sigma = Spread of a gift
field_own_amount_sigma_hint = Standard deviation of its logarithm; 0 is no spread.
field_own_minimum_effect_revenue_pct = Least change of revenue that matters, %
field_own_minimum_effect_revenue_pct_hint = The answer calls smaller effects negligible.
field_own_minimum_effect_streamer_gini = Least change of the Gini that matters
field_own_minimum_effect_streamer_gini_hint = Of expected revenue; the answer calls smaller effects negligible.
field_world_n_users = Users
field_world_n_users_hint = Of the whole market.
field_world_n_streamers = Streamers
field_world_n_streamers_hint = Of the whole market.

sentence_gap = { " " }

wrong_empty = Say at least one number.
wrong_twice = Say each value once.
wrong_crowd = No more can come in a round than the market has users.
wrong_whole = Use a whole number from { $low } to { $high }.
wrong_wholes = Use whole numbers from { $low } to { $high }.
wrong_numbers = Use numbers above { $low } and at most { $high }.
wrong_percentages = Use percentages above { $low } and at most { $high }.
wrong_algorithms = Choose at least one.
wrong_policies = Choose at least one.
wrong_k = Use a whole number from { $low } on, or one for each streamer with commas between.
wrong_capacity = Use a whole number from { $low } on, one for each streamer, or nothing.
wrong_whale_share = Use a percentage above { $low } and at most { $high }.
wrong_wealth = Who is a whale? Choose the column of wealth, add a file of wealth, or name the whales below; a share of 100 % makes everybody one.

sweep_title = Sweep
sweep_queued = Waiting for its turn
sweep_running = Running
sweep_done = { $done } of { $seeds } simulations
sweep_left = about { $time } left
sweep_cancel = Cancel
sweep_reconnecting = The service does not answer; trying again. What has been computed is kept.
sweep_reconnected = Connected again.
sweep_cancelled = Cancelled
sweep_failed = This sweep failed
sweep_missing = There is nothing to show
sweep_kept = It was stopped after { $done } of { $seeds } simulations.
sweep_no-sweep = This experiment is no sweep.
sweep_again = Run it again
sweep_findings = What was found
sweep_figures = Figures
sweep_table = All configurations
sweep_onwards = Take it with you
sweep_report = Open the report
sweep_yaml = Download sweep.yaml
sweep_change = Change and run again
sweep_compare = Compare with another
sweep_rerun = With sweep.yaml, the command line gives the same result, to the last digit:
sweep_command = Command
sweep_config = The configuration

verdict_title = Is the cap worth having?
verdict_pass = Pass
verdict_fail = Fail
verdict_inconclusive = Inconclusive
verdict_no-effect = This cap never takes effect
verdict_no-effect_short = No effect
verdict_worth_it = Worth having
verdict_not_worth_it = Not worth having
verdict_no_effect = No effect
verdict_undecided = Not decided
verdict_depends = It depends
verdict_means = By means alone, without looking at uncertainty, the rule of the published study says: { $word }.

effects_title = What each rule changes
effects_what = From greedy, rule by rule: first capacities are held, then whales are served first, then at most k of them go to one streamer, or streamers that were given less weigh more. Each bar begins where the one above ends; the last is all of them together.
effects_of = Configuration
published_title = What the rule of the published study says

criteria_title = The three criteria, for the best configuration: { $name }
criteria_overcrowding = Overcrowding stays low ({ $code })
criteria_overcrowding_what = Interactions at streamers over capacity. It has to be below { $threshold }.
criteria_concentration = Concentration falls ({ $code })
criteria_concentration_what = Change of the streamers’ Gini against greedy. It has to be below { $threshold }.
criteria_revenue = Revenue holds ({ $code })
criteria_revenue_what = Change of revenue against greedy. It has to be above { $threshold }.
criteria_interval = 95 % interval: { $low } to { $high }.
criteria_no-interval = No interval.

reason_one_simulation = One simulation has no interval.
reason_interval_straddles_threshold = The interval lies on both sides of the threshold.
reason_too_few_simulations = Too few simulations to tell it from chance.

name_whale_share = top { $share }
name_capacity_scale = capacity × { $scale }
name_users_per_round = { $users } users a round
name_spend_cap = spend cap { $cap }

table_csv = Download CSV
table_caption = Mean over { $simulations } simulations, and 95 % interval. Changes are against greedy, paired by seed; p is corrected for all configurations. Press a heading to sort.
table_caption_effects = Mean over { $simulations } simulations, 95 % interval, and p corrected for all configurations. The cap and weights are compared with the same rule without them; all rules together with greedy. Press a heading to sort.
table_live = Means so far, over { $seeds } of the simulations
table_interval = { $low } to { $high }
table_ascending = Sorted by { $column }, rising
table_descending = Sorted by { $column }, falling

column_policy = Policy
column_algorithm = Algorithm
column_k = k
column_whale_share = Whales
column_capacity_scale = Capacity ×
column_users_per_round = Users a round
column_spend_cap = Spend cap
column_alpha = α
column_theta = θ
column_revenue_pct = Revenue
column_streamer_gini = Gini
column_overcrowded_share = Overcrowded
column_cap_expected_revenue_pct = Cap: expected revenue
column_cap_expected_streamer_gini = Cap: its Gini
column_fairness_expected_revenue_pct = Weights: expected revenue
column_fairness_expected_streamer_gini = Weights: its Gini
column_total_expected_revenue_pct = In all: expected revenue
column_total_expected_streamer_gini = In all: its Gini
column_binding = k binds, rounds
column_verdict = Verdict
column_experiment = Experiment
column_state = State
column_progress = Simulations
column_choose = Compare
column_actions = Actions
column_configuration = Configuration
column_user = User
column_whale = Whale
column_streamer = Streamer
column_tier = Tier
column_wanted = First choice
column_got = Got
column_cost = Cost
column_whales = Whales
column_users = Users
column_capacity = Capacity
column_price_k = One more whale
column_price_capacity = One more user

chart_hint = Hover for values; drag to move, Ctrl and wheel to zoom. The table below has every figure.
chart_in = Zoom in
chart_out = Zoom out
chart_reset = Reset

kind_whale-sweep = Whale sweep
kind_find-settings = Search of a grid
kind_find-gate = Search of a grid
kind_own-sweep = Sweep on an own matrix
kind_allocation = Allocation
kind_frontier = Frontier of equality

state_queued = Queued
state_running = Running
state_done = Done
state_failed = Failed
state_cancelled = Cancelled

history_title = History
history_lead = Every experiment of this service. Choose two that are done to compare them.
history_caption = Experiments, newest first
history_none = There are no experiments yet.
history_choose = Choose to compare: { $name }
history_chosen = { $count } chosen
history_compare = Compare the two chosen
history_older = Older ones
history_cancel = Cancel
history_cancel_named = Cancel { $name }
history_delete = Delete
history_delete_named = Delete { $name }
history_delete_title = Delete this experiment?
history_delete_what = { $name }: its result and its simulations are gone for good.
history_deleted = Deleted.
history_keep = Keep it
history_result = Result

labels_title = Name and note
labels_name = Name
labels_note = Note
labels_save = Save
labels_cancel = Leave it
labels_edit = Name and note
labels_edit_named = Name and note of { $name }
labels_saved = Saved.

settings_default = Default settings
settings_more = { $count } more
setting_policies = policies: { $values }
setting_k_values = k = { $values }
setting_whale_shares = whales: top { $values }
setting_capacity_scales = capacity × { $values }
setting_algorithms = whales allocated by { $values }
setting_spend_caps = spend caps { $values }
setting_alphas = α = { $values }
setting_thetas = θ = { $values }
setting_fairness_offset = δ = { $values }
setting_fairness_horizon = revenues to be equal after { $values } rounds
setting_fairness_every = weights solved every { $values } rounds
setting_min_users = at least { $values } users guaranteed
setting_simulations = { $values } simulations
setting_rounds = { $values } rounds
setting_checkpoints = concentration recorded at { $values } rounds
setting_users_per_round = { $values } users a round
setting_seed = first seed { $values }
setting_draws = { $values } draws
setting_world_n_users = { $values } users
setting_world_n_streamers = { $values } streamers
setting_gift_probability = gifts with a chance of { $values }
setting_amount_sigma = σ of gifts { $values }
setting_minimum_effect_revenue_pct = changes of revenue matter from { $values } %
setting_minimum_effect_streamer_gini = changes of the Gini matter from { $values }
list_gap = ,{ " " }

compare_title = Compare two sweeps
compare_lead = What differs in what was asked, and what differs in what came of it.
compare_few = Comparing needs two sweeps that are done.
compare_best = Best configuration: { $name }
compare_settings = Settings that differ
compare_settings_caption = Settings that differ
compare_setting = Setting
compare_same = Both have the same settings.
compare_figures = Figures
compare_figure = Figure
compare_shared = { $count } configurations are in both. Differences of shares are in percentage points.
compare_none-shared = No configuration is in both; the best of each is shown.
compare_best-of-each = Best of each

allocation_title = Allocate
allocation_lead = Whales first, at most k to a streamer, at the greatest total expected value (EV) there is; then everybody else, into the capacity left.
allocation_input = Expected values
allocation_choose = Choose files
allocation_or = or
allocation_example = Load the example
allocation_drop = Or drop them here: { $formats }.
allocation_formats = What files should look like
allocation_format_csv = A matrix: a row for each user, its id first; a column for each streamer; and, if you like, a column named wealth. An empty cell forbids a pair.
allocation_format_example = example.csv
allocation_format_pairs = Or pairs: the columns user, streamer and ev, and wealth if you like.
allocation_format_npy = NumPy: ev.npy (users × streamers), wealth.npy (one per user), and capacity.npy if you like.
allocation_format_parquet = CSV with commas, semicolons or tabs, Excel (.xlsx), Parquet or Arrow. Wealth may be a file of its own, with the columns user and wealth.
allocation_given = Files given
allocation_limits = Limits
allocation_run = Allocate
allocation_working = Allocating …

field_k = k, whales to a streamer
field_k_hint = Most whales a streamer takes; one number, or one for each.
field_whale_share = Whales: top share of users, %
field_whale_share_hint = By wealth.
field_capacity = Capacity of a streamer
field_capacity_hint = Most users, whales included; empty for no limit.
field_whales = Or name the whales
field_whales_hint = Their ids, with commas between; then wealth does not count.

wrong_whales = Use ids with commas between.

plan_size = { $users } users × { $streamers } streamers; { $whales } whales for { $slots } whale slots.
plan_binds = Some streamers are wanted by more whales than k allows.
plan_short = At least { $short } of the whales will have no streamer: there are too few slots.
plan_free = Every whale can have its first choice.
plan_time = It will take about { $time }.

file_matrix = { $users } users × { $streamers } streamers
file_pairs = { $count } pairs of { $sides }
file_wealth = wealth of { $count }
file_capacity = capacity of { $count }
file_remove = Remove { $name }

preview_title = What was understood
preview_comma = commas
preview_semicolon = semicolons
preview_tab = tabs
preview_decimal = decimal comma
preview_matrix = a matrix
preview_pairs = pairs
preview_wealth = wealth alone
preview_header = The first line has the headings
preview_unnamed = Column { $number }
preview_rows = First rows of { $name }
preview_role = Role of { $name }
preview_more = { $count } more columns are not shown.
preview_fault = The columns do not hold what is assumed below. Choose what each of them holds, or correct the file.
preview_values = At least one column must hold values of a streamer.
preview_changed = The table was read again.

role_user = User
role_streamer = Streamer
role_ev = EV
role_ev_streamer = EV of a streamer
role_wealth = Wealth
role_ignore = Not used

worth_title = Total expected value
worth_whale = of whales
worth_normal = of everybody else
worth_whales = whales
worth_displaced = whales displaced
worth_unallocated = users left out
worth_notes = Notes of the service

certificate_whale = Proven optimal: no allocation of these whales is worth more.
certificate_joint = Proven optimal: no allocation of these users is worth more.
certificate_gap = Not proven optimal: at most { $gap } below the best; no allocation is worth more than { $bound }.

stale_mark = Out of date: { $changes }. Allocate again, or change it back.
stale_was = “{ $field }” was { $value }
stale_files = the files have changed
stale_nothing = empty
stale_gap = ;{ " " }
stale_gone = The results are of the present settings again.

picture_title = Who goes where
picture_caption = { $shown } of { $whales } whales, worth most first, and { $streamers } of { $of } streamers. The stronger the blue, the higher the EV. A dot: where the whale is. A cross: where it would rather be.
picture_none = There are no whales.
picture_ev = EV
picture_got = is here
picture_wanted = first choice

displaced_title = Who was displaced, and what it cost
displaced_none = Nobody: everybody who is placed is at their first choice.
displaced_sentence = { $whales } whales are not at their first choice. All together, that costs { $whale_cost } of EV: the least that the limits allow.
displaced_sentence_both = { $whales } whales are not at their first choice; that costs { $whale_cost } of EV, the least that the limits allow. So are { $users } other users, at a cost of { $cost }.
displaced_caption = { $shown } of { $users } displaced users, the costliest first
displaced_place = { $streamer } (EV { $ev })
displaced_nowhere = nobody

tier_whale = whale
tier_normal = other

curve_title = What another k would be worth
curve_caption = Greatest total EV of the whales under each k, and what each k adds to the one before
curve_k = k
curve_worth = EV of whales
curve_adds = Adds
curve_more = k = { $next } instead of { $k }, at every streamer, would add { $more }.
curve_enough = A larger k than { $k } adds nothing.
curve_slot = One more slot is worth most at { $streamer }: { $gain }.
curve_none = The curve could not be worked out.
curve_table = As a table

load_title = Load, and the price of each cap
load_caption = Users at { $shown } of { $all } streamers, the dearest and fullest first, against their limits
load_axis = users
load_whales = whales
load_others = others
load_k = k
load_capacity = capacity
load_table = All limits and prices as a table
load_table_caption = { $shown } of { $all } streamers. Prices: EV that one more slot would add

prices_title = What one more slot would add
prices_caption = EV that one more slot would add to the total
prices_axis = EV
prices_none = Nothing: no cap costs anything.

take_title = Take it with you
take_csv = Download CSV
take_json = Download JSON

curl_title = The same from the command line
curl_where = Run it in the directory of your files.
curl_key = Put your key into WHALE_KEY first.
curl_copy = Copy
curl_copied = Copied
curl_selected = Selected: copy it with your keyboard.
curl_problem = Download problem.json

## Values of a chart

tip_series = series
tip_k = k
tip_mean = mean
tip_low = low
tip_high = high
tip_share = share
tip_label = label
tip_together = together
tip_gini = gini
tip_revenue = revenue
tip_revenue_pct = revenue pct
tip_kind = kind
tip_right = right
tip_dark = dark
tip_step = step
tip_from = from
tip_p_holm = p holm
tip_whale = whale
tip_streamer = streamer
tip_EV = EV
tip_is = is
tip_users = users
tip_order = order
tip_limit = limit
tip_of = of
tip_price = price
tip_worth = worth
tip_adds = adds
