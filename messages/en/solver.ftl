### Messages of the solver.

## Values of any field

expected_at_least = Expected { $field } ≥ { $least }; got { $received }.
whole_number_expected = Expected { $field } as a whole number ≥ { $least }; got { $received }.
boolean_expected = Expected { $field } as True or False; got { $received }.
option_unknown = Expected { $field } as one of { LIST($known, "or") }; got { $received }.
share_out_of_range =
    Expected { $field } above 0 and at most 1{ $is_percent ->
        [true] {" "}(50 % is 0.5)
       *[false] {""}
    }; got { $received }.

## Arrays

in_numbers = in numbers
in_whole_numbers = in whole numbers
in_booleans = in booleans
as_matrix = as a matrix of numbers, users × streamers
array_ragged = Expected { $field } { $expected }, in rows of one length.
array_sparse = Expected { $field } { $expected }; got a sparse matrix, whose pairs are listed in Candidates.
array_type = Expected { $field } { $expected }; got { $received }.
array_masked = Expected { $field } { $expected }; it is masked.
array_entry_masked = Expected { $field } { $expected }; { LIST($place, "unit") } is masked.
array_entry = Expected { $field } { $expected }; { LIST($place, "unit") } has { $received }.
array_place =
    { $axis ->
        [user] user
        [streamer] streamer
        [whale] whale
        [candidate] candidate
        [gift] gift
       *[position] position
    } { FORMAT($at, "d") }

## Problems

problem_expected = Expected a Problem, as Problem(ev, whale_cap=k); got { $type }.
problem_empty = Expected at least one user and one streamer; got { FORMAT($users, "d") } users × { FORMAT($streamers, "d") } streamers.
two_dimensions_expected = Expected ev with two dimensions, users × streamers; got { $received }.
ev_out_of_range = Expected every EV to be a number between -1e15 and 1e15, or -inf for a forbidden pair; user { FORMAT($user, "d") }, streamer { FORMAT($streamer, "d") } has { $received }.
whale_mask_expected = Expected whales as a mask of { FORMAT($users, "d") } booleans, one per user; got { $type } of shape { $shape }.
one_or_each_expected = Expected { $field } as one number or one per streamer ({ FORMAT($streamers, "d") }); got shape { $shape }.
cap_out_of_range =
    Expected { $field } { $bound ->
        [least] ≥ 0
       *[most] ≤ 2^53
    }; got { $received }.
streamer_cap_out_of_range =
    Expected { $field } { $bound ->
        [least] ≥ 0
       *[most] ≤ 2^53
    } for every streamer; streamer { FORMAT($streamer, "d") } has { $received }.
penalty_list_expected =
    Expected whale_penalty as a list of prices, one for each whale at a streamer; got { $dimensions ->
        [one] 1 dimension
       *[other] { $dimensions } dimensions
    } of { $type } with { $values ->
        [one] 1 value
       *[other] { FORMAT($values, "d") } values
    }.
penalty_out_of_range = Expected every price in whale_penalty from 0 to 1e15; whale { FORMAT($whale, "d") } has { $received }.
penalty_not_convex = Expected a convex whale_penalty, each whale at least as dear as the one before; whale { FORMAT($whale, "d") } costs { FORMAT($price, "g") } after { FORMAT($before, "g") }, and where an extra whale gets cheaper no flow finds the optimum.
wealth_of_each_expected =
    Expected wealth for { $users ->
        [0] each user
       *[other] each of { FORMAT($users, "d") } users
    }; got { $shape ->
        [scalar] one number
       *[other] { $shape }
    }.
wealth_not_a_number = Expected finite numbers in wealth; user { FORMAT($user, "d") } has { $received }.

## Candidates

candidate_lengths_differ = Expected user, streamer and ev of one length; got { FORMAT($users, "d") }, { FORMAT($streamers, "d") } and { FORMAT($values, "d") }.
candidate_positions_expected =
    Expected a list of whole numbers in candidates.{ $side }; got { $dimensions ->
        [one] 1 dimension
       *[other] { $dimensions } dimensions
    } of { $type }.
candidate_position_out_of_range = Expected { $side } positions from 0 to { FORMAT($last, "d") }; candidate { FORMAT($candidate, "d") } has { $side } { FORMAT($received, "d") }.
candidate_ev_out_of_range =
    Expected every EV to be a number between -1e15 and 1e15; candidate { FORMAT($candidate, "d") } has { $received }{ $is_forbidden ->
        [true] {" "}(leave a forbidden pair out)
       *[false] {""}
    }.
candidate_twice = Expected each pair once; user { FORMAT($user, "d") } with streamer { FORMAT($streamer, "d") } is both candidate { FORMAT($first, "d") } and candidate { FORMAT($second, "d") }.

## Options

tolerance_expected = Expected tolerance from 0 to 1; got { $received }.
joint_fill_unavailable = Expected algorithm min-cost-flow with fill joint; got { $algorithm }.
limits_unavailable = Expected algorithm min-cost-flow with min_users, whale_penalty or max_streamers_per_user; got { $algorithm }.

## Guarantees

guarantees_infeasible =
    Expected guarantees that can be met; { $count ->
        [one] streamer
       *[other] streamers
    } { LIST($streamers, "unit") }{ $more ->
        [true] , …
       *[false] {""}
    } { $count ->
        [one] is
       *[other] together are
    } guaranteed { $needed ->
        [one] 1 user
       *[other] { FORMAT($needed, ",d") } users
    }, and at most { FORMAT($possible, ",d") } can be shown to { $count ->
        [one] it
       *[other] them
    }{ $left_negative ->
        [true] {" "}at an EV of 0 or more
       *[false] {""}
    }{ $remedy ->
        [fill] ; fill="joint" meets all guarantees
        [allow_negative_ev] ; allow_negative_ev=True meets all guarantees
        [both] ; fill="joint" with allow_negative_ev=True meets all guarantees
       *[none] {""}
    }.

## Faults of allocations

assignment_shape =
    The allocation is not { $numbers ->
        [one] one whole number
       *[other] { FORMAT($numbers, "d") } whole numbers
    } for each of { FORMAT($users, "d") } users.
streamer_unknown = User { FORMAT($user, "d") } is at streamer { FORMAT($streamer, "d") }, which does not exist.
pair_forbidden = User { FORMAT($user, "d") } is at streamer { FORMAT($streamer, "d") }, a forbidden pair.
streamer_twice = User { FORMAT($user, "d") } is at streamer { FORMAT($streamer, "d") } twice.
streamer_overloaded =
    Streamer { FORMAT($streamer, "d") } has { FORMAT($load, "d") } { $counted ->
        [whales] whales
       *[users] users
    }, more than its { FORMAT($cap, "d") }.
guarantee_unmet = Streamer { FORMAT($streamer, "d") } has { FORMAT($users, "d") } users, fewer than the { FORMAT($least, "d") } that it is guaranteed.
whale_at_no_candidate = A whale is at a streamer that is not among its candidates.
spend_pair_forbidden = Whale { FORMAT($whale, "d") } is at streamer { FORMAT($streamer, "d") }, a pair that may not be made: it is forbidden, has a negative EV, or exceeds the spend cap, or the streamer is closed.
spend_cap_exceeded = Streamer { FORMAT($streamer, "d") } has a spend of { $spend }, more than its cap allows.

## Faults of prices

prices_of_each_expected =
    The { $limit ->
        [whale_cap] whale cap
        [capacity] capacity
        [min_users] guarantee
        [whale_penalty] penalty
        [spend] spend
       *[slot] slot
    } prices are not one for each of { FORMAT($streamers, "d") } streamers.
prices_not_numbers =
    The { $limit ->
        [whale_cap] whale cap
        [capacity] capacity
        [min_users] guarantee
       *[whale_penalty] penalty
    } prices are { $type ->
        [masked] masked
       *[other] { $type }
    }, not numbers.
price_invalid =
    The { $limit ->
        [whale_cap] whale cap
        [capacity] capacity
        [min_users] guarantee
        [whale_penalty] penalty
        [spend] spend
       *[slot] slot
    } price of streamer { FORMAT($streamer, "d") } is { $received }, which is no price.

## Summaries of objects

summary_row = { $label }: { $value }
summary_label =
    { $name ->
        [users] users
        [whales] whales
        [streamers] streamers
        [pairs] pairs
        [ev] EV
        [whale_cap] whale cap
        [capacity] capacity
        [min_users] guaranteed users
        [whale_penalty] whale penalty
        [max_streamers_per_user] streamers per user
        [spend_cap] spend cap
        [placed] placed
        [objective] objective
        [whale_objective] of whales
        [normal_objective] of normal users
        [penalty] penalty
        [claim] certificate of
        [certified_objective] objective
        [upper_bound] upper bound
        [proof] proof
        [sufficient_cap] least cap with the greatest objective
        [slot_gain] one more slot
        [whale_cap_price] price of a whale slot
        [capacity_price] price of a slot
        [min_users_price] price of a guarantee
        [whale_penalty_price] price from penalties
        [spend_price] price of spend
        [optimum] greatest objective
        [loss] given up
        [gini] Gini coefficient
        [gini_at_least] no allocation of this total below
        [total_at_most] none as equal is worth more than
        [welfare] welfare
        [frontier_point] point
       *[slot_price] price of a slot
    }
summary_users =
    { FORMAT($users, ",d") }, of which { $whales ->
        [one] 1 is a whale
       *[other] { FORMAT($whales, ",d") } are whales
    }
summary_placed = { FORMAT($placed, ",d") } of { FORMAT($users, ",d") }
summary_scope =
    { $scope ->
        [joint] all users
       *[whale] the whales
    }
summary_optimal = optimal
summary_gap = at most { $gap } ({ $percent } %) below the optimum
summary_invalid =
    none. { $fault }{ $more ->
        [0] {""}
       *[other] {" "}({ $more } more)
    }
summary_slot_gain = adds up to { $gain }, at streamer { FORMAT($streamer, "d") }
summary_prices = above 0 at { FORMAT($above, ",d") } of { FORMAT($streamers, ",d") } streamers, at most { $largest }

## Fair allocations

summary_frontier_point = θ = { $theta }: gives up { $loss } %, Gini coefficient { $gini } (none below { $floor })
number_between_expected =
    Expected { $field } { $above ->
        [true] above { $least } and at most { $most }
       *[false] from { $least } to { $most }
    }; got { $received }.
one_of_theta_alpha_expected = Expected either theta or alpha.
one_of_each_expected = Expected { $field } as one number per streamer ({ FORMAT($streamers, "d") }); got shape { $shape }.
base_invalid = Expected every base revenue to be a number from 0 to 1e15; streamer { FORMAT($streamer, "d") } has { $received }.
weights_of_each_expected = Expected one weight for each of { FORMAT($streamers, "d") } streamers.
weights_not_numbers = Expected weights as numbers; got { $type }.
weight_invalid = Expected finite weights ≥ 0; streamer { FORMAT($streamer, "d") } has { $received }.
fairness_negative_ev = Fair allocation needs revenues of at least 0; allow_negative_ev must be false.
fairness_one_aim = Give one of max_loss, theta, max_gini and alpha; got { LIST($given, "standard") }.
fairness_aim_of_other_measure = { $aim } is of the measure "gini"; with the measure "alpha" give alpha or max_loss.
gini_out_of_reach =
    { $impossible ->
        [true] No allocation that gives up at most { $loss } % has a Gini coefficient below { $floor }; { $asked } was asked.
       *[false] Found no allocation with a Gini coefficient of { $asked } or less.
    } The least found is { $found }, at a loss of { $given_up } %.
large_users_unavailable = large needs theta, one streamer a user and no penalties.
