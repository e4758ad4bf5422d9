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
    """What an operator may change. Every limit is on one request.

    Each attribute is read from the environment: `max_body_bytes` from WHALE_MAX_BODY_BYTES.
    """

    model_config = SettingsConfigDict(env_prefix="WHALE_")

    api_keys: SecretStr = SecretStr("")
    """Keys of which each request needs one, with commas between: at least 16 characters, or sha256:
    and the digest of one, in hexadecimal. Without any, only requests over loopback are answered."""

    admin_keys: SecretStr = SecretStr("")
    """Keys, as in api_keys, that see and delete everybody's experiments; others see those of their
    own key. They open the service as well."""

    cors_origins: str = ""
    """Origins whose pages may call the service, with commas between; by default none."""

    root_path: str = ""
    """Prefix under which a proxy serves the service, as /whale; paths may come with it or
    without."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Least severe message that is logged."""

    max_requests_per_key: int = Field(64, ge=1)
    """Most requests of one key at a time, and of all that have none; more are refused with 429."""

    max_connections: int = Field(1000, ge=1)
    """Most connections at a time. Beyond it, new ones take the place of idle ones; where none is
    idle, all but /healthz and /readyz are refused with 503."""

    max_header_bytes: int = Field(32_768, ge=1024)
    """Most bytes of a request's line and header fields together; more are refused with 431."""

    header_seconds: float = Field(10.0, gt=0)
    """Longest that a request's header may take; then it is refused with 408."""

    body_seconds: float = Field(60.0, gt=0)
    """Longest pause in a request body, and longest that a client may read nothing of an answer."""

    min_bytes_per_second: float = Field(1000.0, ge=0)
    """Slowest mean rate at which a body may come and an answer be read, after the first
    WHALE_BODY_SECONDS."""

    unready_seconds: float = Field(1.0, ge=0)
    """How long /readyz answers 503 after SIGTERM before connections are refused."""

    drain_seconds: float = Field(7.0, ge=1)
    """How long requests may take to end after that; then they are answered with 503. Whoever stops
    the service must wait longer than both together; Docker waits 10 s."""

    processes: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1)
    """Processes that answer requests; as many again, which stand back, replay sweeps."""

    max_queue: int = Field(64, ge=0)
    """Most requests that wait for a process, and most experiments that are queued; more are
    refused with 503. Where there are several keys, each takes at most half of what others leave."""

    database_url: SecretStr | None = None
    """PostgreSQL for experiments, postgresql://…; by default a SQLite file in data_directory."""

    data_directory: Path = Path("whale-data")
    """Directory of the SQLite file, unless there is a database_url, and of large bodies while they
    are worked on; it makes itself."""

    lease_seconds: float = Field(15.0, ge=0.5)
    """How long after a replica died another one, or the same after a restart, takes over its
    experiments."""

    max_solve_seconds: float = Field(60.0, gt=0)
    """Longest that one request may compute, the waiting not counted; then it ends with 504."""

    max_report_seconds: float = Field(30.0, gt=0)
    """Longest that one report or figure may take to draw, the waiting not counted; then the request
    ends with 504. Half of the processes draw, at most."""

    max_step_seconds: float = Field(300.0, gt=0)
    """Longest that one step of an experiment may compute: an allocation, a sweep on an own matrix,
    a seed or the summary of a sweep; then it fails."""

    max_job_seconds: float = Field(86_400.0, gt=0)
    """Longest that an experiment may run in all, restarts included; then it fails."""

    max_attempts: int = Field(3, ge=1)
    """How often an experiment is begun that ends its process, or the service, before its next
    seed; then it fails."""

    retention_days: float = Field(90.0, ge=0)
    """How long experiments are kept that have ended, 0 for ever. Their inputs are kept for a
    day."""

    max_database_bytes: int = Field(10 * 2**30, ge=2**20)
    """Most that experiments take in all. The oldest that have ended are deleted beyond it; where
    that is not enough, more are refused with 503."""

    max_curve_k: int = Field(1000, ge=1)
    """Largest k_max of a curve."""

    max_body_bytes: int = Field(256 * 2**20, ge=1)
    """Largest request body, as it comes and decoded; larger ones are refused before they are read
    whole."""

    max_bodies_bytes: int = Field(8 * 2**30, ge=1)
    """Most disk that the bodies of all requests take together, in data_directory; more are refused
    with 503."""

    max_bodies_memory: int = Field(64 * 2**20, ge=0)
    """Most memory that small bodies take together; beyond it, they go to disk as large ones do."""

    max_pairs: int = Field(50_000_000, ge=1)
    """Most users × streamers of a drawn world."""

    max_candidates: int = Field(50_000_000, ge=1)
    """Most rows of a table of pairs."""

    max_expanded_bytes: int = Field(2 * 2**30, ge=2**20)
    """Most memory that reading a table may take: compressed ones can expand to anything."""

    max_places: int = Field(100_000_000, ge=1)
    """Most users × max_streamers_per_user of a problem."""

    max_streamers: int = Field(1_000_000, ge=1)
    """Most streamers of a problem."""

    max_users: int = Field(10_000_000, ge=1)
    """Most users of a problem."""

    max_simulations: int = Field(10_000, ge=1)
    """Most simulations of a sweep."""

    max_k_values: int = Field(1_000, ge=1)
    """Most values of k of a sweep."""

    max_scored_pairs: int = Field(1_000_000_000_000, ge=1)
    """Most pairs that a sweep may score: replays × rounds × users × streamers."""

    @field_validator("root_path")
    @classmethod
    def _as_prefix(cls, given: str) -> str:
        """Take a prefix without the slash at its end."""
        prefix = given.rstrip("/")
        if prefix and not _PREFIX.fullmatch(prefix):
            raise InputError("", Message("root_path_invalid", received=given[:60]))
        return prefix

    @field_validator("api_keys", "admin_keys")
    @classmethod
    def _as_digests(cls, given: SecretStr) -> SecretStr:
        """Keep no key, only what tells that one is right."""
        return SecretStr(Keys.of(given.get_secret_value()).as_setting())

    @property
    def keys(self) -> Keys:
        """What opens the door."""
        listed = (self.api_keys.get_secret_value(), self.admin_keys.get_secret_value())
        return Keys.of(",".join(listed))

    @property
    def has_several_keys(self) -> bool:
        """Whether several keys open the door, of which none shall take everything."""
        return len(self.keys.digests) > 1

    @property
    def admins(self) -> Keys:
        """What opens everybody's experiments."""
        return Keys.of(self.admin_keys.get_secret_value())
