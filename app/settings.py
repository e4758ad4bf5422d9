"""Settings of the service, from environment variables ``WHALE_…``."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from messages import Message
from solver import InputError

from .access.keys import Keys

_PREFIX = re.compile("(/[A-Za-z0-9._~-]+)+")


class Settings(BaseSettings):
    """Settings of the service. Each limit applies to one request unless it says otherwise.

    Each attribute is read from the environment: `max_body_bytes` from WHALE_MAX_BODY_BYTES.
    """

    model_config = SettingsConfigDict(use_attribute_docstrings=True, env_prefix="WHALE_")

    api_keys: SecretStr = SecretStr("")
    """API keys, separated by commas. Each has at least 16 characters, or is sha256:
    followed by the hexadecimal digest of a key. Without keys, only requests over loopback
    are answered."""

    admin_keys: SecretStr = SecretStr("")
    """Keys that can see and delete all experiments, in the form of WHALE_API_KEYS. Other
    keys see only their own experiments. Admin keys open the service as well."""

    cors_origins: str = ""
    """Origins whose pages may call the service, separated by commas."""

    root_path: str = ""
    """Prefix under which a proxy serves the service, such as /whale. Paths may come with or
    without it."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Lowest level of messages that are logged."""

    max_requests_per_key: int = Field(64, ge=1)
    """Maximum number of concurrent requests per key, and of all requests without a key.
    Further requests are refused with 429."""

    max_connections: int = Field(1000, ge=1)
    """Maximum number of connections. Beyond it, a new connection replaces an idle one. If
    none is idle, all requests but /healthz and /readyz are refused with 503."""

    max_header_bytes: int = Field(32_768, ge=1024)
    """Maximum size of the request line and header fields together. Larger ones are refused
    with 431."""

    header_seconds: float = Field(10.0, gt=0)
    """Time limit for receiving a request's header. Then the request is refused with 408."""

    body_seconds: float = Field(60.0, gt=0)
    """Longest pause in receiving a request body, or in reading a response."""

    min_bytes_per_second: float = Field(1000.0, ge=0)
    """Minimum mean rate at which a body is received or a response is read, after the first
    WHALE_BODY_SECONDS."""

    unready_seconds: float = Field(1.0, ge=0)
    """How long /readyz answers 503 after SIGTERM before connections are refused."""

    drain_seconds: float = Field(7.0, ge=1)
    """How long requests may continue after that. Then they are answered with 503. Wait
    longer than both together before you kill the service. Docker waits 10 s."""

    processes: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    """Number of processes that answer requests. As many again, at low priority, run sweeps."""

    max_queue: int = Field(64, ge=0)
    """Maximum number of requests that wait for a process, and of experiments in the queue.
    Further ones are refused with 503. With several keys, each key takes at most half of
    what the others leave."""

    database_url: SecretStr | None = None
    """PostgreSQL for experiments, as postgresql://…. By default a SQLite file in
    WHALE_DATA_DIRECTORY."""

    data_directory: Path = Path("whale-data")
    """Directory of the SQLite file and of large request bodies. It is created if it does
    not exist."""

    lease_seconds: float = Field(15.0, ge=0.5)
    """How long after a replica has died its experiments are taken over, by another replica
    or after a restart."""

    max_solve_seconds: float = Field(60.0, gt=0)
    """Time limit for one computation, without the time in the queue. Then the request is
    answered with 504."""

    max_report_seconds: float = Field(30.0, gt=0)
    """Time limit for drawing one report or figure, without the time in the queue. Then the
    request is answered with 504. At most half of the processes draw at a time."""

    max_step_seconds: float = Field(300.0, gt=0)
    """Time limit for one step of an experiment: an allocation, a sweep on your own matrix,
    one seed, or the summary of a sweep. Then the experiment fails."""

    max_job_seconds: float = Field(86_400.0, gt=0)
    """Time limit for an experiment, restarts included. Then it fails."""

    max_attempts: int = Field(3, ge=1)
    """How often an experiment is started that ends its process, or the service, before its
    next seed. Then it fails."""

    retention_days: float = Field(90.0, ge=0)
    """How long finished experiments are kept; 0 keeps them for ever. Their inputs are kept
    for a day."""

    max_database_bytes: int = Field(10 * 2**30, ge=2**20)
    """Maximum size of all experiments. Beyond it, the oldest finished ones are deleted. If
    that is not enough, new ones are refused with 503."""

    max_curve_k: int = Field(1000, ge=1)
    """Maximum k_max of a curve."""

    max_body_bytes: int = Field(256 * 2**20, ge=1)
    """Maximum size of a request body, as received and as decoded. Larger ones are refused
    before they are read completely."""

    max_bodies_bytes: int = Field(8 * 2**30, ge=1)
    """Maximum disk space in WHALE_DATA_DIRECTORY for the bodies of all requests. Further
    ones are refused with 503."""

    max_bodies_memory: int = Field(64 * 2**20, ge=0)
    """Maximum memory for small bodies. Beyond it, they are written to disk as large ones
    are."""

    max_pairs: int = Field(50_000_000, ge=1)
    """Maximum of users × streamers of a drawn world."""

    max_candidates: int = Field(50_000_000, ge=1)
    """Maximum number of rows of a table of pairs."""

    max_expanded_bytes: int = Field(2 * 2**30, ge=2**20)
    """Maximum memory for reading a table. Compressed tables can expand to any size."""

    max_places: int = Field(100_000_000, ge=1)
    """Maximum of users × max_streamers_per_user of a problem."""

    max_streamers: int = Field(1_000_000, ge=1)
    """Maximum number of streamers of a problem."""

    max_users: int = Field(10_000_000, ge=1)
    """Maximum number of users of a problem."""

    max_simulations: int = Field(10_000, ge=1)
    """Maximum number of simulations of a sweep."""

    max_k_values: int = Field(1_000, ge=1)
    """Maximum number of values of k of a sweep."""

    max_scored_pairs: int = Field(1_000_000_000_000, ge=1)
    """Maximum number of pairs that a sweep may score: replays × rounds × users × streamers."""

    @field_validator("root_path")
    @classmethod
    def _as_prefix(cls, text: str) -> str:
        """Check a prefix, and remove the slash at its end."""
        prefix = text.rstrip("/")
        if prefix and not _PREFIX.fullmatch(prefix):
            raise InputError("", Message("root_path_invalid", received=text[:60]))
        return prefix

    @field_validator("api_keys", "admin_keys")
    @classmethod
    def _as_digests(cls, keys: SecretStr) -> SecretStr:
        """Replace keys by their digests."""
        return SecretStr(Keys.parse(keys.get_secret_value()).as_setting())

    @property
    def keys(self) -> Keys:
        """All valid keys."""
        settings = (self.api_keys.get_secret_value(), self.admin_keys.get_secret_value())
        return Keys.parse(",".join(settings))

    @property
    def has_several_keys(self) -> bool:
        """Whether there are several keys, which must share the queue fairly."""
        return len(self.keys.digests) > 1

    @property
    def admins(self) -> Keys:
        """Keys that see the experiments of all keys."""
        return Keys.parse(self.admin_keys.get_secret_value())
