"""Records of experiments, their submissions, claims and events."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

KindName = Literal[
    "whale-sweep", "find-settings", "find-gate", "own-sweep", "allocation", "frontier"
]
State = Literal["queued", "running", "done", "failed", "cancelled"]

FINAL: tuple[State, ...] = ("done", "failed", "cancelled")
"""States of experiments that have ended."""


@dataclass(frozen=True)
class Submission:
    """A request for an experiment.

    Parameters
    ----------
    kind : str
    config : str
        JSON.
    total : int
        Number of seeds.
    fingerprint : str
        Digest of the request.
    attended : bool
        Whether a client waits for the answer. If it disconnects, the experiment is cancelled.
    body : bytes or Path, optional
        Input besides the configuration.
    idempotency_key : str, optional
    api_key : str, optional
        Digest of the key that the experiment belongs to.
    """

    kind: KindName
    config: str
    total: int
    fingerprint: str
    attended: bool
    body: bytes | Path | None = None
    idempotency_key: str | None = None
    api_key: str | None = None


@dataclass(frozen=True)
class Viewer:
    """The sender of a request for experiments.

    Parameters
    ----------
    api_key : str, optional
        Digest of the sender's key.
    sees_all : bool
        Whether the sender sees the experiments of all keys.
    """

    api_key: str | None = None
    sees_all: bool = False


EVERYTHING = Viewer(sees_all=True)
"""The service itself."""


@dataclass(frozen=True)
class Experiment:
    """An experiment in the database, without its result.

    Parameters
    ----------
    number : int
        Primary key. Newer experiments have larger numbers.
    id : str
        Id in the API.
    kind, config, total
        See `Submission`.
    done : int
        Number of committed seeds.
    state : str
    created, started, finished : float
        Unix times by the clock of the database.
    abandoned : bool
        Whether it was cancelled because its client disconnected.
    fingerprint : str
        See `Submission`.
    last_event : int
        Number of its last event.
    error : str, optional
        Problem document, JSON.
    media_type : str, optional
        Media type of its result.
    name, note : str, optional
        Labels that a reader has given it.
    outcome : str, optional
        Verdict and answer of its result, JSON; see `app.jobs.outcome`.
    """

    number: int
    id: str
    kind: KindName
    config: str
    total: int
    done: int
    state: State
    created: float
    started: float | None
    finished: float | None
    abandoned: bool
    fingerprint: str
    last_event: int
    error: str | None
    media_type: str | None
    name: str | None = None
    note: str | None = None
    outcome: str | None = None

    @property
    def is_final(self) -> bool:
        """Whether the experiment has ended."""
        return self.state in FINAL


@dataclass(frozen=True)
class Claim:
    """An experiment that this replica may run while its token is valid.

    Parameters
    ----------
    experiment : Experiment
    token : int
        Fencing token, incremented with every claim: commits of earlier owners are refused.
    api_key : str, optional
    attempts : int
        How often the experiment was started since its last seed, this claim included.
    seconds_run : float
        How long it ran under earlier claims.
    """

    experiment: Experiment
    token: int
    api_key: str | None = None
    attempts: int = 1
    seconds_run: float = 0.0

    @property
    def number(self) -> int:
        """Number of the experiment."""
        return self.experiment.number


@dataclass(frozen=True)
class Event:
    """A change of an experiment.

    Parameters
    ----------
    event : int
        1, 2, 3, … within the experiment.
    at : float
        Unix time.
    state : str
        State of the experiment after the change.
    done : int
        Number of committed seeds after the change.
    seed : int, optional
        The seed that ended.
    seconds_left : float, optional
    rows : bytes, optional
        Rows of the seed, JSON.
    """

    event: int
    at: float
    state: State
    done: int
    seed: int | None
    seconds_left: float | None
    rows: bytes | None
