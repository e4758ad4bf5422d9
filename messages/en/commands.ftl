### Help of the command line, and its errors.
###
### The help of a command is `command_<name>`. The help of an option is `option_<name>`, or
### `option_<name>_of_<command>` where the command uses the option in a way of its own. These texts
### may use $output_formats and $table_formats.

## Headings and fixed texts

help_usage = Usage:{" "}
help_options = Options
help_commands = Commands
help_options_metavar = [OPTIONS]
help_command_metavar = COMMAND [ARGS]...
help_default = [default: { $value }]
help_variable = [env var: { $value }]
help_required = [required]

## Commands

command_root = Allocate users to scarce slots: heavy spenders first, provably optimal.
command_serve = Start the HTTP service.
command_compile = Compile all kernels that are not on disk yet, so that later commands start faster.
command_allocate = Allocate users to streamers, from an EV matrix or a list of candidates.
command_frontier = Trace the trade-off between total EV and the Gini coefficient of streamers' revenues, with what no allocation can reach.
command_generate = Generate random users, streamers and candidates as Parquet input for allocate.
command_curve = Compute the value of the whale tier for every whale cap k from 1 to --k-max.
command_sweep =
    Simulate a range of whale caps k, and judge whether a cap is worth having.

    --config describes simulated markets; --ev, --table or --candidates give a matrix of your own.
command_find_settings = Search a grid for the cheapest settings that are worth having, by expected figures, or for the nearest miss.
command_renamed = { $old } is deprecated and will be removed; use { $new }.
command_calibrate = Fit the simulated market to a log of gifts.
command_verify =
    Recompute every figure of a sweep's result from its rows.

    The exit code is 0 if all figures agree, 1 if one differs, and 2 if the result cannot be read.
command_experiments = List and delete stored experiments (WHALE_DATABASE_URL or WHALE_DATA_DIRECTORY).
command_list = List experiments, newest first: start, state, seeds, kind and id.
command_prune =
    Delete old experiments, and return their disk space.

    It is safe while the service runs. Without --days, the service's settings WHALE_RETENTION_DAYS and WHALE_MAX_DATABASE_BYTES apply.

## Options of the program

option_help = Show this message and exit.
option_version = Show the version and exit.
option_language = Language of messages.
option_install_completion = Install completion for the current shell.
option_show_completion = Show completion for the current shell, to copy it or customize the installation.

## Options of several commands

option_output = Output file, in the format of its suffix ({ $output_formats }); - writes JSON to standard output.
option_ev = EV matrix, users × streamers: a .npy file with -inf for forbidden pairs, or any file that --table accepts.
option_table = One file with users, streamers, EV and optionally wealth: { $table_formats }.
option_columns = Roles of the table's columns, if its headings do not name them, as uid=user,spend=wealth. Roles: user, streamer, ev, wealth, ignore.
option_header = Whether the first line of the table has headings. By default it is detected.
option_candidates = Candidates instead of --ev: a directory or URL of Parquet files with user, streamer and ev, or any file that --table accepts.
option_wealth = Wealth, one number per user: a .npy file, or a table of users and their wealth.
option_all_whales = Treat every user as a whale. No wealth is needed.
option_k = Whale cap: most whales per streamer. A number, or a .npy file with one number per streamer.
option_capacity = Most users per streamer. A number, or a .npy file with one number per streamer.
option_min_users = Guaranteed users per streamer. A number, or a .npy file with one number per streamer.
option_allow_negative_ev = Allow pairs of negative EV where they are needed to meet guarantees.
option_whale_penalty = Price of the first, second, … whale at a streamer, as 0,0,5,20.
option_max_streamers_per_user = Most streamers a user is shown to.
option_whale_share = Share of users, by wealth, that are whales. Default: 0.01.
option_whale_threshold = Wealth from which a user is a whale, instead of --whale-share.
option_seed = Random seed. The same seed gives the same result.
option_config = Configuration file in YAML; see configs/ for examples.

## Options of serve and compile

option_host = Address to listen on.
option_port = Port to listen on; 0 chooses a free one.
option_workers_of_serve = Worker processes, instead of WHALE_PROCESSES.
option_root_path = Path prefix behind a reverse proxy, instead of WHALE_ROOT_PATH.
option_processes = Kernels to compile at the same time. Default: the number of cores.

## Options of allocate and curve

option_output_of_allocate = Output file, in the format of its suffix ({ $output_formats }); - writes JSON to standard output. With Parquet candidates: a new directory or URL for Parquet files.
option_users = With Parquet candidates: Parquet files with user and wealth or whale.
option_tolerance = Stop when the gap is at most this share of the objective. Default: 0; with Parquet candidates 1e-6.
option_memory = With Parquet candidates: most memory to use, as 4GiB.
option_scheduler = With Parquet candidates: address of a Dask scheduler whose workers share the work, as tcp://host:8786.
option_workers = With Parquet candidates: share the work among this many processes on this machine.
option_partitions = With --scheduler or --workers: partitions of the candidates. Default: one per worker thread.
option_algorithm = Algorithm for the whale tier.
option_fill = How normal users are allocated.
option_fair = Make streamers' revenues more equal, at a known loss and with a proof. By default at most 1 % of the optimum is given up.
option_max_loss = With --fair: most of the optimum to give up, as 1% or 0.01.
option_theta = With --fair: weight of equality from 0 to 1. A point of Gini is worth θ percent of the total.
option_max_gini = With --fair: largest Gini coefficient of revenues, as 0.2 or 20%. As little as possible is given up for it.
option_alpha = With --fair: aversion to inequality by α-fair welfare, from 0 to 64.
option_measure = With --fair: measure of inequality, the Gini coefficient or Atkinson's index (alpha).
option_base = Revenue that streamers had before, which counts for equality: a .npy file with one number per streamer, or a table with streamer and revenue.
option_points = Number of points, from 2 to 200.
option_assignments = Whether the points in JSON have their allocations.
option_output_of_frontier = Output file, in the format of its suffix ({ $output_formats }); - writes JSON to standard output.
option_tolerance_of_frontier = With Parquet candidates: gap of the optimum, as a share of the objective. Default: 1e-6.
option_candidates_of_frontier = Candidates instead of --ev: a directory or URL of Parquet files with user, streamer and ev, or any file that --table accepts.
option_k_of_curve = Whale caps at which slot_gain is computed. A number, or a .npy file with one number per streamer.
option_k_max = Largest k of the curve.

## Options of generate

option_users_of_generate = Number of users.
option_streamers_of_generate = Number of streamers.
option_candidates_of_generate = Number of candidates per user.
option_output_of_generate = New directory or URL.
option_partitions_of_generate = Number of candidate files.
option_threads = Number of threads. Default: the number of cores.

## Options of sweep

option_ev_of_sweep = Your own EV matrix: a .npy file, or any file that --table accepts.
option_candidates_of_sweep = Your own candidates: an .npz file with user, streamer and ev, or any file that --table accepts.
option_k_of_sweep = With your own matrix: whale caps, separated by commas. Default: 1,2,3,5.
option_whale_share_of_sweep = With your own matrix: shares of users that are whales, separated by commas. Default: 0.01.
option_simulations = With your own matrix: how often gifts are drawn. Default: 200.
option_seed_of_sweep = With your own matrix: random seed. Default: 42.
option_gift_probability = With your own matrix: probability of a gift. Default: 0.015.
option_amount_sigma = With your own matrix: standard deviation of the logarithm of a gift's amount. Default: 1.
option_minimum_revenue_pct = With your own matrix: smallest effect on expected revenue that matters, in percent. Default: 0.1.
option_minimum_gini = With your own matrix: smallest effect on the Gini of expected revenue that matters. Default: 0.001.
option_figures = Directory for the charts, SVG and PNG.
option_report = Report file, HTML.
option_scheduler_of_sweep = With --config: address of a Dask scheduler whose workers run the simulations, as tcp://host:8786.
option_until_decided = With --config: stop as soon as the verdict on every configuration is settled; the file's simulations are then the most.

## Options of calibrate

option_gifts = Gift log with user_id, streamer_id and gift_price: { $table_formats }.
option_output_of_calibrate = Output file for the fitted configuration, YAML.
option_interactions = Number of user-streamer interactions that the log covers.
option_gift_rate = Gifts per interaction, instead of --interactions. Default: KuaiLive's 0.0148.
option_users_of_calibrate = Number of users. Default: twice the number that gave gifts.
option_streamers = Number of streamers. Default: those that received gifts.

## Options of verify and experiments

option_results = Result of sweep, JSON.
option_limit = Most experiments to list.
option_days = Delete experiments that ended more than this many days ago. Default: the service's settings.
option_dry_run = Only show how many experiments are that old.
