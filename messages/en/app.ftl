### Messages of the service, the command line and the page's answers.

## Values inside messages

names_and_more = { LIST($names, "unit") } and { $more } more
alternatives = { LIST($names, "or") }
nothing = nothing
no_value = none
list_of = a list of { $count }
json_object = an object
array_of = an array of { $type }

## Fields of a request

field_missing = Expected { $field } in the request; got none.
field_unknown = Expected only known fields in the request; got { $field }.
object_expected = Expected { $field } as a JSON object; got { $received }.
type_expected =
    Expected { $field } as { $type ->
        [integer] a valid integer
        [number] a valid number
        [finite] a finite number
        [boolean] a valid boolean
        [text] a valid string
        [list] a valid list
       *[uuid] a valid UUID
    }; got { $received }.
bound_expected =
    Expected { $field } { $bound ->
        [above] greater than
        [at_least] greater than or equal to
        [below] less than
       *[at_most] less than or equal to
    } { FORMAT($limit, "g") }; got { $received }.
choice_expected = Expected { $field } as { LIST($choices, "or") }; got { $received }.
length_expected =
    Expected { $field } with { $bound ->
        [at_least] at least
       *[at_most] at most
    } { $length ->
        [one] one character
       *[other] { $length } characters
    }; got { $received }.
text_with_control_character = Expected { $field } without control characters; got { $character } at character { $place }.
pattern_expected = Expected { $field } to match { $pattern }; got { $received }.
schema_violated = Expected { $field } as its schema describes it ({ $complaint }); got { $received }.

## The HTTP service

malformed_http = Expected an HTTP request. { $problem }
header_too_large = Expected a header of at most { $most } bytes (WHALE_MAX_HEADER_BYTES); got more.
too_many_header_fields = Expected at most { $most } header fields; got more.
target_too_long = Expected a target of at most { $most } bytes; got more.
too_many_pipelined = Expected at most { $most } requests sent ahead of their answers; got more.
header_too_slow = Expected a complete header within { FORMAT($seconds, "g") } s (WHALE_HEADER_SECONDS).
body_paused = Expected more of the body within { FORMAT($seconds, "g") } s (WHALE_BODY_SECONDS).
body_too_slow = Expected a body at { FORMAT($rate, ",.0f") } bytes a second or faster (WHALE_MIN_BYTES_PER_SECOND).
too_many_connections = Expected at most { $most } connections at a time (WHALE_MAX_CONNECTIONS); try again in a moment.
too_many_requests = Expected at most { $most } requests of one key at a time (WHALE_MAX_REQUESTS_PER_KEY); try again in a moment.
key_missing = Expected a key, as in Authorization: Bearer KEY; got none.
key_unknown = Expected a key that the service knows, as in Authorization: Bearer KEY.
service_without_keys = This service has no keys, so it answers only requests from its own machine. Set WHALE_API_KEYS, or start it with whale-matching serve.
foreign_host = Expected localhost or an address of this machine as Host, because the service has no keys.
foreign_origin = Expected a request from a page of this service or of an origin in WHALE_CORS_ORIGINS; got { $received }.
page_of_site = a page that is { $site }
not_from_the_page = Expected JSON or the header { $header } from a browser, because the service has no keys; got { $received }.
no_content_type = no Content-Type
unknown_path = Expected a path of this service; there is no { $path }.
wrong_method = Expected { LIST($allowed, "or") } here; got { $method }.
unknown_file = Expected the name of a file; there is no { $name }.
unknown_experiment = Expected the id of an experiment; there is no { $id }.
client_gone = The client closed the connection before the response was sent.
internal_error = The service failed on this request; its log has the reason.
worker_lost = The process that worked on this request died, possibly because it ran out of memory.
killed_too_often = This was started { $attempts } times, and each time its process was killed, possibly because it ran out of memory (WHALE_MAX_ATTEMPTS).
answer_too_slow = Expected an answer within { FORMAT($seconds, "g") } s ({ $setting }).
drawing_too_slow = Expected a drawing within { FORMAT($seconds, "g") } s (WHALE_MAX_REPORT_SECONDS).
queue_full =
    Expected at most { $most } { $waiting ->
        [requests] requests waiting
       *[experiments] queued experiments
    } (WHALE_MAX_QUEUE). Try again in a moment.
queue_share_used =
    Expected at most half of the places that other keys leave for { $waiting ->
        [requests] requests waiting
       *[experiments] queued experiments
    }; this key has { $own } of { $most } (WHALE_MAX_QUEUE). Try again in a moment.
experiments_too_large = Expected at most { $most } bytes of experiments (WHALE_MAX_DATABASE_BYTES). Try again in a moment.
idempotency_key_reused = Expected the request that was first sent with this Idempotency-Key; got a different one.
not_ready = Not ready: { LIST($reasons, "unit") }.
processes_starting = processes are starting
shutting_down = the service is shutting down
service_stopping = Not ready: the service is stopping.
compiling_kernels = compiling { $kernels } kernels, once: { $percent } %
database_fault =
    { $fault ->
        [full] the disk of the database is full
        [locked] the database is locked
        [read_only] the database is read-only
        [broken] the file of the database is broken
        [unopened] the file of the database cannot be opened
        [disk] the disk of the database fails or is full
        [failing] the database fails
       *[silent] the database does not answer
    }
database_unavailable =
    { $fault ->
        [full] The disk of the database is full.
        [locked] The database is locked.
        [read_only] The database is read-only.
        [broken] The file of the database is broken.
        [unopened] The file of the database cannot be opened.
        [disk] The disk of the database fails or is full.
        [failing] The database fails.
       *[silent] The database does not answer.
    }
database_expected = Cannot use the database: { $fault }.
database_url_invalid = Expected database_url as a URL.
database_url_unsupported = Expected database_url as the URL of a PostgreSQL database or a SQLite file; got { $received }.
experiments_file_missing = Expected experiments at { $path }; there is no such file.
sweep_expected = Expected a sweep; this is an { $kind }.
drawn_sweep_expected = Expected a sweep of simulated markets; this is { $kind }.
experiment_not_done =
    Expected an experiment that is done; this one { $state ->
        [queued] is queued
        [running] is running
        [failed] failed
        [cancelled] was cancelled
       *[other] has not ended yet
    }.
no_seed_ended = Expected a sweep with at least one finished seed; none has finished yet.
unknown_figure = Expected the name of a figure; there is no { $name }.
key_not_hashed = Expected key { $place } as sha256: and 64 hexadecimal digits, in small letters.
key_too_short = Expected key { $place } as at least { $least } ASCII characters.
root_path_invalid = Expected root_path as a path, as /whale; got { $received }.

## Bodies of requests

body_too_large = Expected a body of at most { $most } bytes; got more (WHALE_MAX_BODY_BYTES).
bodies_too_large = Expected bodies of at most { $most } bytes in all (WHALE_MAX_BODIES_BYTES); try again in a moment.
no_disk_for_body = Cannot store the body on disk; the service's log has the reason.
media_type_expected = Expected a body of { LIST($types, "or") }; got { $received }.
encoding_expected = Expected Content-Encoding of { LIST($encodings, "or") }; got { $received }.
too_many_encodings = Expected at most { $most } encodings of one body; got { $count }.
encoding_malformed = Expected a body encoded as { $encoding }; it cannot be decoded.
encoding_cut_off = Expected a complete body encoded as { $encoding }; it is cut off.
too_many_frames = Expected at most { $most } frames in a body in { $encoding }; got more.
json_malformed = Expected a JSON body; { $problem }.
json_without_nan = Expected a JSON body; { $problem }. JSON has neither NaN nor Infinity; null marks a forbidden pair.
json_not_utf8 = Expected a JSON body; byte { $place } of it, { $byte }, is not UTF-8.
json_key_twice = Expected each name once; { $path } appears twice.
a_name = a name
multipart_boundary_missing = Expected { $type } with a boundary; got none.
multipart_malformed = Expected a body of { $type }; { $problem }.
multipart_cut_off = Expected a body of { $type } up to its last boundary.
too_many_parts = Expected at most { $most } parts; got more.
part_without_name = Expected a Content-Disposition of form-data with a name for every part; part { $place } has none.
part_twice = Expected each part once; { $name } appears twice.
part_unknown = Expected only the parts { $known }; got { $received }.
part_missing = Expected a part named { $name }; got none.
problem_part_missing = Expected a part named problem, in JSON; got none.
problem_part_not_object = Expected the part problem as a JSON object.
field_also_part = Expected { $field } once; it is both in problem and a part.
option_without_table = Expected { $field } with a part table; got none.
part_null = Expected a value in the part { $field }, or no such part; got null.

## Lists in JSON

rows_expected = Expected { $field } as a list of rows, one per user; got { $received }.
row_not_list = Expected every row of { $field } as a list; row { $row } is { $received }.
rows_of_different_lengths = Expected rows of one length in { $field }; row 0 has { $expected } values, row { $row } has { $received }.
matrix_number_expected = Expected numbers in { $field }, or null for a forbidden pair; row { $row }, column { $column } is { $received }.
list_expected =
    Expected { $field } as a list of { $items ->
        [numbers] numbers
        [whole_numbers] whole numbers
       *[ids] ids
    }; got { $received }.
item_expected =
    Expected { $items ->
        [numbers] numbers in { $field }
        [whole_numbers] whole numbers in { $field }
       *[ids] ids in { $field }, text or whole numbers
    }; position { $position } is { $received }.
id_beyond_64_bits = Expected ids in { $field } that are whole numbers within 64 bits; position { $position } is { $received }.
cap_expected = Expected { $field } as one whole number or a list of one per streamer; got { $received }.
dimensions_expected =
    Expected { $field } as numbers in { $dimensions ->
        [one] 1 dimension
       *[other] { $dimensions } dimensions
    }; got { $type } of shape { $shape }.

## The problem of a request

k_or_penalty_missing = Expected k, or whale_penalty in its place; got neither.
k_max_limited = Expected k_max from 1 to { $most }; got { $received } (WHALE_MAX_CURVE_K).
explained_streamers_limited = Expected max_streamers_per_user of 1 for an explanation; got { $received }.
fairness_aim_missing = Expected fairness with one of max_loss, theta, max_gini and alpha, for example { $example }; got none.
fairness_measure_of_aim = Expected fairness.measure "{ $measure }" or no measure with { $aim }; got "{ $received }".
loss_out_of_range =
    Expected a loss greater than 0 and less than 1, where 0.01 is 1 %; got { $received }.{ $zero ->
        [true] { " " }Without a loss there is only the optimum: leave fairness out.
       *[false] { "" }
    }
revenue_invalid = Expected { $field } from 0 to 1e15; got { $received }.
fairness_excludes =
    { $field ->
        [algorithm] A fair allocation needs the algorithm min-cost-flow
       *[tolerance] A fair allocation needs a tolerance of 0: its loss is measured by the exact optimum
    }; got { $received }. Leave out { $field } or fairness.
base_without_fairness = Expected fairness with base, which counts for nothing else; got base alone.
base_count = Expected base for each of { $streamers ->
        [one] 1 streamer
       *[other] { $streamers } streamers
    }; got { $received }.
assignments_limited = Expected users × points of at most { $most } with assignments; got { $received } (WHALE_MAX_PLACES).
ids_count = Expected { $expected } ids in { $field }; got { $received }.
id_unknown =
    Expected { $field } among { $among ->
        [users] the users
        [streamers] the streamers
        [user_ids] user_ids
       *[streamer_ids] streamer_ids
    }; { $received } is none of them.
price_id_unknown =
    Expected the keys of { $field } among { $among ->
        [streamers] the streamers
       *[streamer_ids] streamer_ids
    }; { $received } is none of them.
id_twice = Expected each id once in { $field }; { $id } is at { $first } and { $second }.
ids_equal_as_text = Expected each id once in { $field }; { $id } at { $first } and { $other } at { $second } are the same id.
wealth_missing =
    Expected wealth, one number per user, with { $rule ->
        [whale_threshold] whale_threshold
       *[whale_share] whale_share below 1
    }; got none.
wealth_count = Expected wealth for each of { NUMBER($users, useGrouping: 0) } users; got { NUMBER($received, useGrouping: 0) }.
wealth_not_finite = Expected finite numbers in wealth; user { NUMBER($position, useGrouping: 0) } has { $received }.
one_field_expected = Expected exactly one of { $fields }; got { $received }.
count_empty = Expected from 1 to { $most } { $side }s; got 0.
count_limited = Expected from 1 to { $most } { $side }s; got { $received } ({ $setting }).
places_limited = Expected at most { $most } places, which are users × max_streamers_per_user; got { $received } (WHALE_MAX_PLACES).
guarantees_unmet =
    Expected { $goal ->
        [all] guarantees that can be met
        [curve_with_k] guarantees that whales alone meet at k as given and at every k from 1 to { $k_max }
       *[curve] guarantees that whales alone meet at every k from 1 to { $k_max }
    }; { $count ->
        [one] streamer { $streamers } is
       *[other] streamers { $streamers } are
    } guaranteed { $needed ->
        [one] 1 user
       *[other] { $needed } users
    }, but { $possible ->
        [0] no { $able ->
            [whales] whale
           *[users] user
        }
        [one] at most 1 { $able ->
            [whales] whale
           *[users] user
        }
       *[other] at most { $possible } { $able ->
            [whales] whales
           *[users] users
        }
    } can be shown to { $count ->
        [one] it
       *[other] them together
    }{ $reason ->
        [negative] {" "}at an EV of 0 or more
        [greedy] {" "}once fill greedy has placed the whales
        [negative_greedy] {" "}at an EV of 0 or more once fill greedy has placed the whales
        [only_whales] , and fill none places nobody else
        [negative_only_whales] {" "}at an EV of 0 or more, and fill none places nobody else
       *[none] {""}
    }{ $remedies }.
guarantees_remedy =
    ; { $remedy ->
        [fill] fill joint
        [allow_negative_ev] allow_negative_ev
       *[both] fill joint with allow_negative_ev
    } meets all guarantees
guarantee_above_limit =
    Expected min_users ≤ { $limit ->
        [capacity] capacity
       *[users] the number of users
    }; streamer { $streamer } is guaranteed { $needed ->
        [one] 1 user
       *[other] { $needed } users
    }, but { $limit ->
        [capacity] its capacity is { $room }
       *[users] { $room ->
            [one] there is 1
           *[other] there are { $room }
        }
    }.

## Notes on an allocation

no_whales = There are no whales: nobody is named, or nobody's wealth reaches the threshold.
k_never_binds = { $k } never binds: the largest number of whales that want one streamer is { NUMBER($most, useGrouping: 0) }
k_equal = k = { NUMBER($k, useGrouping: 0) }
k_several = k
k_binds =
    { $k } binds: { $streamers ->
        [one] 1 streamer is
       *[other] { $streamers } streamers are
    } wanted by more whales than k allows, most of all { $most } (wanted by { NUMBER($wanted, useGrouping: 0) })
dearest_whale_slot = One more whale slot is worth most at { $streamer }: { FORMAT($price, ".6g") }
dearest_guarantee = A guarantee costs most at { $streamer }: one guaranteed user less would add { FORMAT($price, ".6g") }
penalties_paid =
    Penalties come to { FORMAT($penalty, ".6g") }, for { $whales ->
        [one] 1 whale
       *[other] { $whales } whales
    }{ $free ->
        [0] {""}
        [one] {" "}beyond a streamer's first
       *[other] {" "}beyond a streamer's first { NUMBER($free, useGrouping: 0) }
    }
penalties_all_zero = No penalty is paid: every price in whale_penalty that whales can reach is 0
penalties_within_free =
    No penalty is paid: no streamer has more than { $free ->
        [one] 1 whale
       *[other] { $free } whales
    }
penalties_no_whale = No penalty is paid: no whale is allocated
stopped_early = tolerance = { FORMAT($tolerance, "g") } stopped early: the allocation is { FORMAT($gap, ".6g") } ({ FORMAT($percent, ".3g") } %) below the upper bound of { FORMAT($bound, ".6g") }
below_bound = { $algorithm } is { FORMAT($gap, ".6g") } ({ FORMAT($percent, ".3g") } %) below the upper bound of { FORMAT($bound, ".6g") }
fair_allocation =
    { $changed ->
        [true] For equality, { FORMAT($loss, ".3g") } % of the optimum of { FORMAT($optimum, ".6g") } is given up: the Gini coefficient of the streamers' revenues is { FORMAT($gini, ".4f") } instead of { FORMAT($before, ".4f") }
       *[false] Nothing is given up for equality: the Gini coefficient of the streamers' revenues is { FORMAT($gini, ".4f") }, as at the optimum
    }
fair_floor =
    No allocation that is worth as much has { $measure ->
        [alpha] an Atkinson index
       *[gini] a Gini coefficient
    } below { FORMAT($floor, ".4f") }{ $measure ->
        [alpha] ; this one has { FORMAT($inequality, ".4f") }
       *[gini] {""}
    }
fair_floor_loose =
    { $measure ->
        [alpha] Atkinson's index
       *[gini] The Gini coefficient
    } may be nearer to the least possible than the bound of { FORMAT($floor, ".4f") } shows: bounds are loose where streamers have few users each
whales_left_out =
    { $count } of { $whales ->
        [one] 1 whale
       *[other] { $whales } whales
    } { $count ->
        [one] has
       *[other] have
    } no streamer
whales_left_out_because =
    { $count } of { $whales ->
        [one] 1 whale
       *[other] { $whales } whales
    } { $count ->
        [one] has
       *[other] have
    } no streamer: { $reason }
whales_left_out_several =
    { $count } of { $whales ->
        [one] 1 whale
       *[other] { $whales } whales
    } { $count ->
        [one] has
       *[other] have
    } no streamer: { LIST($reasons, "unit") }
number_because = { $count } because { $reason }
slots_of_capacity =
    capacity adds up to { $slots ->
        [one] 1 slot
       *[other] { $slots } slots
    }
slots_of_both =
    k and capacity leave { $slots ->
        [one] 1 slot
       *[other] { $slots } slots
    }
slots_of_equal_k =
    k · streamers = { $slots ->
        [one] 1 slot
       *[other] { $slots } slots
    }
slots_of_k =
    k adds up to { $slots ->
        [one] 1 slot
       *[other] { $slots } slots
    }
no_candidate = they have no candidate
streamers_closed = k or capacity is 0 at every streamer they may go to
ev_negative = their EV is below 0 at every streamer they may go to
penalty_too_high = one more whale costs more than they are worth wherever there is room
solver_stopped = the solver stopped before it placed them
streamers_full = every streamer where their EV is 0 or more is full
no_streamer_with_room = no streamer with room has an EV of 0 or more for them

## Notes on a curve

curve_flat_from = From k = { NUMBER($k, useGrouping: 0) } on, a larger k adds nothing
curve_still_rises = k = { NUMBER($k, useGrouping: 0) } still adds { FORMAT($gain, ".6g") } to k = { NUMBER($before, useGrouping: 0) }
curve_gain = k = { NUMBER($k, useGrouping: 0) } is worth { FORMAT($gain, ".6g") } more than k = 1: half of that is reached at k = { NUMBER($half, useGrouping: 0) }, 90 % at k = { NUMBER($most, useGrouping: 0) }
dearest_slot = One more slot is worth most at { $streamer }: { FORMAT($gain, ".6g") }

## Tables

table_too_large = Expected { $file } to expand to at most { $most } bytes; it expands to more (WHALE_MAX_EXPANDED_BYTES).
table_not_known = Expected { $file } as { LIST($formats, "or") }; it is none of them.
table_of_other_kind =
    Expected { $file } as { LIST($formats, "or") }; it is { $kind ->
        [pdf] a PDF
        [rtf] a document in RTF
        [html] HTML or XML
        [json] JSON
       *[compressed] compressed: decompress it first
    }.
table_empty =
    Expected a table in { $file }; { $part ->
        [first_line] its first line is empty
        [sheets] its sheets are empty
        [rows] it has no rows
       *[file] it is empty
    }.
workbook_old = Expected { $file } as .xlsx without a password; it is a locked workbook, or one of Excel before 2007. Save it again as .xlsx or CSV.
workbook_unreadable =
    Expected { $file } as an Excel workbook (.xlsx); { $problem ->
        [archive] it is another archive
        [damaged] its archive is damaged, or locked with a password
       *[unreadable] it cannot be read as one
    }.
workbook_error = Expected numbers and text in { $file }; cell { $cell } contains an Excel error such as #DIV/0!.
sheets_ignored = Only the sheet { $sheet } is read, not { LIST($others, "unit") }.
excel_digits = Excel keeps 15 digits of a number, so longer ids have changed. Store them as text.
table_damaged = Expected { $file } as Arrow or Parquet, like its first bytes; it is damaged or cut off.
npy_shape_expected = Expected { $file } as an array of users, or of users × streamers; got one of shape { $shape }.
npy_header_expected = Expected { $field } as .npy with a plain header: descr of numbers, fortran_order, and a shape of few sides; got { $received }.
npy_numbers_expected = Expected { $field } as .npy of plain numbers; got dtype { $type }.
npy_length_expected = Expected { $expected } bytes of numbers in { $field }, for its shape { $shape }; got { $received }.
npy_format_expected = Expected { $field } in .npy format, version 1, 2 or 3.
npy_header_too_long = Expected a header of at most { $most } bytes in the .npy of { $field }; got { $received }.
text_has_nul = Expected text in { $file }; line { $line } has a NUL character.
byte_not_in_encoding = Expected { $file } as { $encoding }; line { $line } has a byte that is not: { $byte }.
encoding_guessed = The encoding is a guess: { $encoding }.
line_too_long = Expected lines of at most { $most } bytes in { $file }; line { $line } is longer. Is a quote not closed?
quote_misplaced =
    Expected quotes { $rule ->
        [closed] that are closed
       *[around] around whole cells, and doubled within
    }, in { $file }; line { $line }, column { $column } has { $received }.
ids_of_other_type = Expected text or whole numbers in { $column } of { $file }; it is of type { $type }.
column_named = column { $name }
column_numbered = column { $number }
place_numbered =
    { $place ->
        [line] line
       *[row] row
    } { $number }
cell_refused =
    Expected { $expected ->
        [id] an id
        [number] a number
        [number_at_most] a number of at most { FORMAT($most, "g") }
       *[price] a number from 0 to 1e9
    } in { $file }, { $place ->
        [line] line
       *[row] row
    } { $number }, { $column }; got { $received }.
headings_alone = Expected a line of headings and at least one line of data in { $file }; it has one line.
header_of_numbers_after = Is the first line a header? It has numbers only after { $name }: they are read as ids of streamers.
header_of_numbers = Is the first line a header? It has numbers only: it is read as values, and streamers are numbered.
cells_expected =
    Expected { $expected } cells in every { $place ->
        [line] line
       *[row] row
    } of { $file }; { $place ->
        [line] line
       *[row] row
    } { $number } has { $received }.
cell_beyond_headings =
    Expected { $expected } cells in every { $place ->
        [line] line
       *[row] row
    } of { $file }; { $place ->
        [line] line
       *[row] row
    } { $number }, column { $column } has { $received }.
pairs_columns_expected = Expected the columns user, streamer and ev in { $file }; got { $columns }.
candidates_limited = Expected at most { $most } candidates in { $file }; got { $received } or more (WHALE_MAX_CANDIDATES).
rows_missing = Expected at least one row in { $file }; it has none.
user_without_wealth = Expected wealth of every user in { $file }; { $user } has none.
user_at = user { $position }
two_wealths =
    { $user } has two wealths: { FORMAT($first, "g") } in { $first_place } and { FORMAT($second, "g") } in { $second_place }. The first counts{ $more ->
        [0] .
       *[other] , as for { $more } more.
    }
user_twice = Expected each user once in { $file }; { $user } is in { $first } and in { $second }.
table_pair_twice = Expected each pair once in { $file }; { $user } with { $streamer } is in { $first } and in { $second }.
role_twice = Expected one column of the role { $role } in columns; got { $columns }.
column_unknown = Expected the columns of { $file } in columns; there is no { $name }. It has { $columns }.
pair_column_missing = Expected the columns user, streamer and ev in { $file }, or others that are named in columns; none is { $role }. It has { $columns }.
one_ev_column = Expected one column of ev in the pairs of { $file }. Name the roles of its columns with columns.
wealth_ids_missing = Expected ids of users beside wealth in { $file }. Name the roles of its columns with columns.
streamer_column_missing = Expected a column for at least one streamer in { $file }; it has { $columns }.
heading_twice = Expected each heading once in { $file }; { $name } is in columns { $first } and { $second }.
heading_missing = Expected a heading for every streamer in { $file }; column { $column } has none.
rising_numbers_as_ids = Does { $column } hold ids of users? It has numbers that rise: it is read as ids.
different_numbers_as_values = Does { $column } hold ids of users? It has whole numbers, each once: it is read as a streamer's.
wealth_as_values = Is { $column } wealth? It is read as a streamer's.
header_option_expected = Expected header as true or false; got { $received }.
columns_option_expected = Expected columns as an object of headings and their roles; got { $received }.
role_expected = Expected one of { LIST($roles, "unit") } for every heading in columns; { $name } has { $received }.
table_of_wealth_alone = Expected values of users and streamers in { $file }; it has wealth alone.
field_beside_table = Expected exactly one of { $field } and { $table }; got both.
wealth_alone_expected = Expected wealth alone in { $file }: one number per user, beside an id or in the order of the users.
wealth_by_id_without_ids = Expected user_ids, or a table with ids, where { $file } has wealth by id; got neither.
field_also_in_table = Expected { $field } once; { $file } has it too.
table_id_unknown = Expected every { $side } of { $file } among { $field }; { $id } is none of them.
ids_expected = Expected { $field } as a list of ids.
gift_columns_expected = Expected the columns { $expected } in { $file }; got { $columns }.
gifts_missing = Expected gifts in { $file }; it has none.
table_format =
    { $format }{ $count ->
        [0] {""}
       *[other] {" "}({ LIST($details, "unit") })
    }
delimiter_name =
    { $delimiter ->
        [comma] commas
        [semicolon] semicolons
       *[tab] tabs
    }
decimal_comma = decimal comma
no_header = no header
table_summary =
    { $file }: { $format }, { $shape ->
        [wealth] wealth of { $users ->
            [one] 1 user
           *[other] { $users } users
        }
        [matrix] matrix of { $users ->
            [one] 1 user
           *[other] { $users } users
        } × { $streamers ->
            [one] 1 streamer
           *[other] { $streamers } streamers
        }
       *[pairs] { $rows ->
            [one] 1 pair
           *[other] { $rows } pairs
        } of { $users ->
            [one] 1 user
           *[other] { $users } users
        } × { $streamers ->
            [one] 1 streamer
           *[other] { $streamers } streamers
        }
    }{ $roles }.
table_roles = ; { LIST($roles, "unit") }
column_role =
    { $role ->
        [user] users
        [streamer] streamers
        [ev] EV
        [price] prices
       *[wealth] wealth
    }: { $column }
gifts_summary =
    { $file }: { $format }, { $gifts ->
        [one] 1 gift
       *[other] { $gifts } gifts
    }{ $roles }.

## Files

npy_file_expected = Expected { $path } as an array in .npy format.
npy_file_of_several = Expected { $path } as one array; got an archive of several.
npz_file_expected = Expected { $path } as an .npz archive of { LIST($names, "unit") }.
npz_file_of_others = Expected { $path } as an .npz archive of { LIST($names, "unit") }; got other arrays.
yaml_expected = Expected { $path } as YAML in UTF-8; it is not.
yaml_wrong_at = Expected { $path } as YAML, line { $line }, column { $column }: { $fault }.
yaml_key_twice = the key { $key } already appears in line { $line }
yaml_unexpected = { $found } is not allowed here
yaml_unclosed = an earlier quote or bracket is not closed
json_wrong_at = Expected { $path } as JSON; it is invalid at line { $line }, column { $column }.
file_error = { $problem }: { $path }.
system_error =
    { $name ->
        [ENOENT] No such file or directory
        [EISDIR] Is a directory
        [ENOTDIR] Not a directory
        [EEXIST] File exists
        [EACCES] Permission denied
        [EROFS] Read-only file system
        [ENOSPC] No space left on device
        [EADDRINUSE] Address already in use
       *[other] { $text }
    }

## The command line

interrupted = Interrupted; nothing was written.
option_excluded = { $option } cannot be combined with { LIST($beside, "or") }; got { $received }.
option_needs_workers = { $option } with --candidates needs --scheduler or --workers; got { $received }.
option_needs_fair = { $option } needs --fair; got { $received }.
share_option_expected = Expected { $field } as a share such as 0.01 or 1%; got { $received }.
cap_option_expected = Expected { $field } as a whole number or a .npy file; got { $received }.
k_option_expected = Expected k as a whole number, or as a column of the table in --capacity; got { $received }.
list_option_expected =
    Expected { $field } as { $items ->
        [whole_numbers] whole numbers
       *[numbers] numbers
    } with commas between; got { $received }.
columns_list_expected = Expected columns as uid=user,spend=wealth; got { $received }.
one_input_option_expected = Expected one of --table, --ev and --candidates; got { $received }.
wealth_option_and_table = Expected wealth once; { $path } and the table have it.
output_not_local = Expected output as a file on this machine; got { $received }.
output_suffix_expected = Expected output to end in { LIST($suffixes, "or") }, or { $dash } for standard output; got { $received }.
standard_output = standard output
excel_rows_limited = Expected at most { $most } rows for .xlsx; got { $received }. .csv and .parquet have no limit.
address_unavailable = Cannot listen on { $host }, port { NUMBER($port, useGrouping: 0) }: { $problem }.
new_key = Other machines can reach { $host }, and WHALE_API_KEYS is not set. This start uses a new key.
allocated =
    Total EV{ $penalties ->
        [yes] {" "}less penalties
       *[no] {""}
    } { FORMAT($total, ".6g") }; { $scope } tier { $gap ->
        [0] proven optimal
       *[other] gap { FORMAT($gap, ".6g") }
    }. → { $output }
warning = Warning: { $message }.
allocated_files = { $placed } of { $users } users allocated, total EV { FORMAT($total, ".6g") }; { $scope } tier within { FORMAT($gap, ".2g") } of the optimum. → { $output }
allocated_fairly =
    Total EV{ $penalties ->
        [yes] {" "}less penalties
       *[no] {""}
    } { FORMAT($total, ".6g") }. → { $output }
allocated_files_fairly = { $placed } of { $users } users allocated, total EV { FORMAT($total, ".6g") }. → { $output }
fairness_cost =
    Loss { FORMAT($loss, ".3g") } % of the optimum. Gini coefficient of revenue { FORMAT($before, ".4f") } at the optimum, { FORMAT($gini, ".4f") } now; { $measure ->
        [alpha] no allocation with this total has an Atkinson index below { FORMAT($floor, ".4f") }
       *[gini] no allocation with this total has one below { FORMAT($floor, ".4f") }
    }. Welfare within { FORMAT($gap, ".2g") } % of the best.
frontier_traced = { $points } points; optimum { FORMAT($optimum, ".6g") }, Gini coefficient { FORMAT($first, ".4f") } to { FORMAT($last, ".4f") }. → { $output }
frontier_heading_theta = θ
frontier_heading_loss = loss
frontier_heading_gini = Gini
frontier_heading_gini_at_least = Gini at least
frontier_heading_objective = total EV
tolerance_missed =
    The gap { FORMAT($gap, ".2g") } is above the tolerance of { FORMAT($tolerance, ".2g") }: the result is complete, and certified to be within this gap of the optimum; { $mode ->
        [in_memory] its prices prove no smaller gap
        [out_of_core] more --memory may reduce the gap
       *[on_workers] fewer --partitions, or one process, may reduce the gap
    }.
curve_computed = Whale tier { FORMAT($first, ".6g") } at k = 1, { FORMAT($last, ".6g") } at k = { NUMBER($k_max, useGrouping: 0) }. → { $output }
input_generated = { $users } users × { $candidates } candidates, { $streamers } streamers. → { $output }
experiments_listed =
    { $count ->
        [one] 1 experiment
       *[other] { $count } experiments
    } listed; all take { FORMAT($megabytes, ",.1f") } MB.
experiments_old =
    { $count ->
        [one] 1 experiment
       *[other] { $count } experiments
    } ended more than { FORMAT($days, "g") } days ago.
experiments_deleted =
    Deleted { $experiments ->
        [one] 1 experiment
       *[other] { $experiments } experiments
    } and { $inputs ->
        [one] 1 input
       *[other] { $inputs } inputs
    }: { FORMAT($megabytes, ",.1f") } MB.

## Mistakes in the command line

no_such_option =
    No such option: { $option }{ $count ->
        [0] {""}
       *[other] {" "}(Possible options: { LIST($possible, "unit") })
    }
missing_option = Missing option '{ $option }'.
option_without_value = Option '{ $option }' requires an argument.
option_takes_no_value = Option '{ $option }' does not take a value.
no_such_command = No such command '{ $name }'.
missing_command = Missing command.
usage_error = { $text }
setting_wrong = { $setting }: { $reason }
unexpected_arguments = Got unexpected extra { $count ->
        [one] argument
       *[other] arguments
    }: { JOIN($arguments, " ") }.

## Candidates in Parquet

fill_joint_unavailable =
    Expected fill greedy or none where { $where ->
        [memory] candidates are more than memory holds
       *[workers] workers share the users
    }.
fairness_on_workers = Fair allocation runs in one process with all candidates in memory; leave out --scheduler and --workers.
fairness_memory_too_small = Fair allocation keeps all candidates in memory: expected memory of at least { FORMAT($least, ".1f") }GiB; got { FORMAT($received, ".1f") }GiB.
revenue_columns_expected = Expected the columns streamer and revenue in { $file }; found { $columns }.
revenue_twice = Expected each streamer once in { $file }; { $streamer } occurs twice.
revenue_of_unknown_streamer = { $file } has revenue of { $streamer }, which is not among the streamers.
memory_too_small = Expected memory of at least { FORMAT($least, ".1f") }GiB for { $users } users; got { FORMAT($received, ".1f") }GiB.
memory_expected = Expected memory as an amount such as 4GiB or 500MB; got { $received }.
whale_columns_missing = Expected the column wealth, or whale, in the table of users, or --all-whales; got none of them.
whale_share_expected = Expected whale_share above 0, at most 1; got { $received }.
candidates_not_by_user =
    Expected candidates by user{ $why ->
        [memory] {" "}where they are more than memory holds
       *[workers] , in the order of the table of users, where workers share them
    }; { $where } goes back to an earlier one.
row_group =
    { $file }, row group { NUMBER($index, useGrouping: 0) }{ $start ->
        [0] {""}
       *[other] , from its row { NUMBER($start, useGrouping: 0) } on
    }
row_of_group = row { NUMBER($row, useGrouping: 0) } of { $group }
dask_missing = Dask is not installed. Install whale-matching[distributed].
workers_killed = { $workers } workers died at the same part of the work, possibly because they ran out of memory.
scheduler_silent = Expected a Dask scheduler at { $address }; none responds.
candidate_pair_twice = Expected each pair once; user { $user } with streamer { $streamer } is both { $first } and { $second }.
size_expected = Expected { $field } from 1 to 2^31 - 1; got { NUMBER($received, useGrouping: 0) }.
candidates_above_streamers = Expected at most { NUMBER($most, useGrouping: 0) } candidates, one for each streamer; got { NUMBER($received, useGrouping: 0) }.
side_empty = Expected at least one { $side } in { $file }; there is none.
side_table_missing = Expected a table of { $side }s, --{ $option }, where candidates name them by id, as { $where } does.
position_too_large = Expected { $side } positions below 2^31 - 1, or a table that has these ids; got { NUMBER($received, useGrouping: 0) }.
side_columns_missing = Expected one of the columns { LIST($expected, "unit") } in { $file }; it has { $columns }.
parquet_unreadable = Expected { $where } as Parquet that can be read; it is damaged, or cannot be opened.
parquet_expected = Expected { $file } as Parquet; it is not, or it is damaged.
columns_differ = Expected the same columns in all files of { $directory }; not all have { $column }.
column_types_differ = Expected the same columns in all files of { $directory }; { $column } is { $first } in some and { $second } in others.
table_types_differ = Expected the same columns in all files of { $directory }; their types differ.
column_type_expected =
    Expected { $type ->
        [booleans] booleans
        [numbers] numbers
        [whole_numbers] whole numbers
       *[positions_or_ids] positions or ids
    } in the column { $column } of { $file }; { $found ->
        [candidates] it is of type
       *[side] got
    } { $received }.
column_value_missing = Expected a value in every row of the column { $column } of { $file }; row { NUMBER($row, useGrouping: 0) } is null.
column_not_finite = Expected finite numbers in the column { $column } of { $file }; row { NUMBER($row, useGrouping: 0) } has { $received }.
id_missing = Expected an id in every row of { $file }; row { NUMBER($row, useGrouping: 0) } is null.
side_id_twice = Expected each { $side } once in { $file }; { $id } appears again.
id_too_large = Expected whole numbers below 2^63 in { $where }; it has { $received }.
candidates_empty = Expected candidates in { $file }; it is empty.
all_candidates_empty = Expected candidates in these files; all are empty.
candidate_ev_missing = Expected a value in every row of ev; row { NUMBER($row, useGrouping: 0) } of { $where } is null.
candidate_ev_too_large = Expected every EV to be a number between -1e15 and 1e15; row { NUMBER($row, useGrouping: 0) } of { $where } has { $received }.
candidate_columns_missing = Expected the columns user, streamer and ev in { $file }; it has { $columns }.
candidate_value_missing = Expected a value in every row; row { NUMBER($row, useGrouping: 0) } of { $where } is null.
candidate_ids_expected =
    Expected { $side }s in { $where }, as { $expected ->
        [positions] positions
        [text] text
       *[whole_numbers] whole numbers
    }, as the table of { $side }s has them; got { $received ->
        [text] text
       *[whole_numbers] whole numbers
    }.
candidate_position_expected = Expected { $side } positions from { NUMBER($first, useGrouping: 0) } to { NUMBER($last, useGrouping: 0) }; row { NUMBER($row, useGrouping: 0) } of { $where } has { NUMBER($received, useGrouping: 0) }.
candidate_unknown =
    Expected every { $side } of the candidates among the { $side }s; row { NUMBER($row, useGrouping: 0) } of { $where } has { $id }, who is not{ $part ->
        [whole] {""}
       *[stretch] , or not where the order of their table puts it
    }.
path_missing = Expected { $field } at { $url }; nothing is there.
path_not_understood = Expected { $field } at a path that fsspec understands; got { $url } ({ $problem }).
parquet_files_missing = Expected Parquet files in { $url }; there are none.
output_exists = Expected output as a new directory; { $path } exists.
output_left_by_a_killed_run = Expected output as a new directory; { $path } has files but no { $last }, as a run that was killed leaves them. Remove them, or choose another place.
output_unwritable = Cannot write { $name }: { $problem }.
output_not_shared = Expected output at a path that is the same place for every worker; { $file } is not there.
