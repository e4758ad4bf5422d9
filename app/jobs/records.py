"""An experiment as the service knows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

KindName = Literal["whale-sweep", "find-gate", "own-sweep", "allocation"]
State = Literal["queued", "running", "done", "failed", "cancelled"]

FINAL: tuple[State, ...] = ("done", "failed", "cancelled")
"""States that an experiment does not leave by itself."""


@dataclass(frozen=True)
class Submission:
    """What a request asks for.

    Parameters
    ----------
    kind : str
    config : str
        JSON.
    total : int
        Number of its seeds.
    fingerprint : str
        The same for the same request, different for others.
    attended : bool
        Somebody waits for the answer: it is cancelled when they leave.
    body : bytes or Path, optional
        What it needs besides its configuration.
    idempotency_key : str, optional
    api_key : str, optional
        Digest of the key that it belongs to.
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
    """Whoever asks for experiments.

    Parameters
    ----------
    api_key : str, optional
        Digest of their key.
    sees_all : bool
        Everybody's experiments, not only those of their key.
    """

    api_key: str | None = None
    sees_all: bool = False


EVERYTHING = Viewer(sees_all=True)
"""What the service itself sees."""


@dataclass(frozen=True)
class Experiment:
    """What the database says of an experiment, without its result.

    Parameters
    ----------
    number : int
        Newer experiments have larger ones.
    id : str
        Its name towards clients.
    kind, config, total
        As of its submission.
    done : int
        Seeds that are committed.
    state : str
    created, started, finished : float
        Seconds since 1970 by the clock of the database.
    abandoned : bool
        It was cancelled because whoever waited for it left.
    fingerprint : str
        Of its submission.
    last_event : int
        Number of the last thing that happened to it.
    error : str, optional
        Problem document, JSON.
    media_type : str, optional
        Of its result.
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

    @property
    def final(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.state in FINAL


@dataclass(frozen=True)
class Claim:
    """An experiment that this replica may run, as long as the database knows its token.

    Parameters
    ----------
    experiment : Experiment
    token : int
        One more than that of the claim before: what an earlier owner commits is refused.
    api_key : str, optional
    attempts : int
        How many processes began it since its last seed, this one included.
    seconds_run : float
        How long it ran before.
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
    """Something that happened to an experiment.

    Parameters
    ----------
    event : int
        1, 2, 3, … within the experiment.
    at : float
        Seconds since 1970.
    state : str
        Of the experiment, from then on.
    done : int
        Seeds that were committed by then.
    seed : int, optional
        The seed that ended.
    seconds_left : float, optional
    rows : bytes, optional
        Of that seed, JSON.
    """

    event: int
    at: float
    state: State
    done: int
    seed: int | None
    seconds_left: float | None
    rows: bytes | None
