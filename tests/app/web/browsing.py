"""A browser that reports whatever goes wrong on a page, and keeps what it looks like."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, Request

from tests.app.server import ROOT

SCREENSHOTS = ROOT / "results" / "screenshots"
"""Where each run leaves what it saw, for a person to look at."""

CHROMIUM = "/usr/bin/chromium"

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

TINY = {
    "simulations": "6",
    "rounds": "5",
    "k_values": "1, 2",
    "users_per_round": "60",
    "world.n_users": "300",
    "world.n_streamers": "20",
}
"""What the form says of a sweep that takes a second."""

ENDLESS = TINY | {"simulations": "5000"}
"""A sweep that does not end before it is cancelled."""


@dataclass
class Visit:
    """Pages of one reader, and what went wrong on them.

    Parameters
    ----------
    context : BrowserContext
    base : str
        Address of the service.
    """

    context: BrowserContext
    base: str
    faults: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """What may stand in a fault that the test provokes."""

    def __post_init__(self) -> None:
        self.context.set_default_timeout(60_000)
        self.context.on("page", self._watch)
        self.context.on("request", self._expect_own)
        self.page: Page = self.context.new_page()

    def open(self, path: str) -> Page:
        """Go to a page and wait until it shows what it has."""
        self.page.goto(self.base + path)
        return self.ready()

    def ready(self) -> Page:
        self.page.wait_for_selector("body[data-ready]")
        return self.page

    def keep(self, name: str) -> None:
        """Leave a picture of the whole page."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)

    def begin(self, settings: dict[str, str]) -> str:
        """Fill in the form of a sweep, press Run, and return the experiment's id."""
        self.open("/sweeps?data=drawn")
        self.page.locator("#sweep-form details.more summary").click()
        for name, value in settings.items():
            self.page.locator(f'[name="{name}"]').fill(value)
        self.page.locator("#sweep-form button.main").click()
        self.page.wait_for_url("**/sweeps/*")
        return self.page.url.rpartition("/")[2]

    def end(self) -> None:
        """Close the pages; nothing may have gone wrong that was not meant to."""
        self.context.close()
        unexpected = [fault for fault in self.faults if not any(e in fault for e in self.expected)]
        assert unexpected == []

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on(
            "console",
            lambda said: (
                self.faults.append(f"console: {said.text}")
                if said.type in ("error", "warning")
                else None
            ),
        )

    def _expect_own(self, request: Request) -> None:
        address = urlsplit(request.url)
        own = f"{address.scheme}://{address.netloc}" == self.base
        if not own and address.scheme not in ("data", "blob", "about"):
            self.faults.append(f"request to elsewhere: {request.url}")


def downloaded(page: Page, press: Callable[[], None]) -> bytes:
    """Return the file that a press brings."""
    with page.expect_download() as download:
        press()
    return Path(download.value.path()).read_bytes()


def rows(content: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return [*csv.DictReader(io.StringIO(content.decode(), newline=""))]


def words(locator: Locator) -> str:
    """Return the text of an element on one line."""
    return " ".join(locator.inner_text().split())


def until(page: Page, condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait for what is asked from here: a page under the strict policy evaluates no strings."""
    for _ in range(int(20 * seconds)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise TimeoutError(f"What was waited for did not come in {seconds:g} s.")


def seeds_done(page: Page) -> int:
    """Return how many simulations a running sweep's page says are done."""
    said: Any = page.locator("#done").inner_text().split()[0].replace(",", "")
    return int(said)
