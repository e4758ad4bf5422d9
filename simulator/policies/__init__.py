"""Policies: rules from the users of a round to streamers. One file is one policy."""

from .base import Policy, PolicyEntry, PolicySettings, policy
from .capacity_greedy import CapacityGreedy
from .exposure import Exposure
from .fair_horizon import FairHorizon
from .fair_online import FairOnline
from .greedy import Greedy
from .joint import Joint
from .random import Random
from .registry import BASELINE, CAPPED, COMPARED, POLICIES, ComparedPolicy, PolicyName
from .round_robin import RoundRobin
from .round_view import RoundView
from .shadow_price import ShadowPrice
from .spend_cap import SpendCap
from .tiered import Tiered

__all__ = [
    "BASELINE",
    "CAPPED",
    "COMPARED",
    "POLICIES",
    "CapacityGreedy",
    "ComparedPolicy",
    "Exposure",
    "FairHorizon",
    "FairOnline",
    "Greedy",
    "Joint",
    "Policy",
    "PolicyEntry",
    "PolicyName",
    "PolicySettings",
    "Random",
    "RoundRobin",
    "RoundView",
    "ShadowPrice",
    "SpendCap",
    "Tiered",
    "policy",
]
