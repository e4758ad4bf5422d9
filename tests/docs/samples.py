"""The files that snippets read: what a reader has at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .pages import ROOT


def write_samples(directory: Path) -> None:
    """Write a matrix, wealth, pairs, a table and a log of gifts, and link the configurations."""
    rng = np.random.default_rng(1)
    ev = rng.lognormal(size=(300, 20))
    wealth = rng.lognormal(size=300)
    np.save(directory / "ev.npy", ev)
    np.save(directory / "wealth.npy", wealth)
    _write_table(directory / "ev.csv", ev[:20, :5], wealth[:20])
    users, streamers = np.divmod(np.arange(300 * 4), 4)
    pairs = {"user": users, "streamer": streamers, "ev": ev[users, streamers]}
    pq.write_table(pa.table(pairs), directory / "pairs.parquet")
    _write_gifts(directory / "gift.csv", rng)
    (directory / "configs").symlink_to(ROOT / "configs")


def _write_table(path: Path, ev: np.ndarray, wealth: np.ndarray) -> None:
    names = ["user", "wealth", *(f"s{each}" for each in range(ev.shape[1]))]
    rows = [f"u{user},{wealth[user]},{','.join(map(str, ev[user]))}" for user in range(len(ev))]
    path.write_text("\n".join([",".join(names), *rows]) + "\n")


def _write_gifts(path: Path, rng: np.random.Generator) -> None:
    users, streamers = rng.zipf(1.6, 20_000) % 2_000, rng.zipf(1.5, 20_000) % 200
    prices = np.round(rng.lognormal(1, 2, 20_000), 2) + 0.01
    lines = [f"{u},{s},{p:.2f}" for u, s, p in zip(users, streamers, prices, strict=True)]
    path.write_text("\n".join(["user_id,streamer_id,gift_price", *lines]) + "\n")
