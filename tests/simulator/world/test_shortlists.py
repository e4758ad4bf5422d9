"""Short lists that are written ahead are those that are written when users come."""

from __future__ import annotations

import numpy as np

from simulator import CommonDraws, WorldConfig, draw_world
from simulator.world.shortlists import BLOCK, COUNT, Shortlists

CONFIG = WorldConfig(n_users=3 * BLOCK, n_streamers=90)
ROUNDS = 20


def test_lists_written_ahead_are_those_written_when_users_come() -> None:
    ahead, later = (draw_world(CONFIG, np.random.default_rng(3)) for _ in range(2))
    who = CommonDraws.of_seed(3, CONFIG.n_users, ROUNDS, 100).who
    Shortlists.of(ahead).rows(ahead, who[0, :5])

    Shortlists.of(ahead).prepare(ahead, who.ravel())

    known = Shortlists.of(ahead).row.copy()
    assert BLOCK < len(np.unique(who)) == (known >= 0).sum() < who.size
    for users in who:
        rows = Shortlists.of(ahead).rows(ahead, users)
        np.testing.assert_array_equal(rows, Shortlists.of(later).rows(later, users))
        for row in rows:
            one, other = Shortlists.of(ahead).lists[row], Shortlists.of(later).lists[row]
            stop = 1 + int(one[0, COUNT])
            np.testing.assert_array_equal(one[:1, :2], other[:1, :2])  # the count and the bound
            np.testing.assert_array_equal(one[1:stop], other[1:stop])
    np.testing.assert_array_equal(known, Shortlists.of(ahead).row)
