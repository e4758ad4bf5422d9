"""The auction algorithm with ε-scaling."""

from .bidding import auction_single_tier, auction_two_tier, withdraw_slots
from .instance import AuctionInstance
from .schedule import (
    BIDS_PER_USER,
    CONTEST_EPSILONS,
    WARM_RESET,
    WARM_RESET_GROWTH,
    WARM_RESET_OF_CANDIDATES,
    AuctionOutcome,
    choose_min_epsilon,
    lower_prices,
    run_epsilon_scaling,
)
from .shortlists import (
    LANES,
    LIST_LENGTH,
    THRESHOLD_LANES,
    Lists,
    best_listed_profit,
    build_list,
    init_lists,
    init_lists_at_prices,
    min_margin,
    rebuild_list,
    rebuild_lists,
)

__all__ = [
    "BIDS_PER_USER",
    "CONTEST_EPSILONS",
    "LANES",
    "LIST_LENGTH",
    "THRESHOLD_LANES",
    "WARM_RESET",
    "WARM_RESET_GROWTH",
    "WARM_RESET_OF_CANDIDATES",
    "AuctionInstance",
    "AuctionOutcome",
    "Lists",
    "auction_single_tier",
    "auction_two_tier",
    "best_listed_profit",
    "build_list",
    "choose_min_epsilon",
    "init_lists",
    "init_lists_at_prices",
    "lower_prices",
    "min_margin",
    "rebuild_list",
    "rebuild_lists",
    "run_epsilon_scaling",
    "withdraw_slots",
]
