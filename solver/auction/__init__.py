"""The auction algorithm with ε-scaling."""

from .bidding import auction_single_tier, auction_two_tier, withdraw_slots
from .instance import AuctionInstance, choose_min_epsilon
from .schedule import BIDS_PER_USER, AuctionOutcome, lower_prices, run_epsilon_scaling
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
    "LANES",
    "LIST_LENGTH",
    "THRESHOLD_LANES",
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
