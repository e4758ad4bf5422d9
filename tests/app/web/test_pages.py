"""The page without a browser: what its HTML, its texts and its assets promise."""

from __future__ import annotations

import gzip
import json
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.web.assets import assets, assets_version, load_bundle
from app.web.pages import text_id
from app.web.presets import FILES, PRESETS
from messages import templates
from simulator import SweepConfig
from tests.app.server import ROOT

STATIC = ROOT / "app" / "web" / "static"
PAGES = ["/", "/sweeps", "/sweeps/any", "/allocation", "/history", "/compare"]


@pytest.fixture(scope="module")
def locked() -> TestClient:
    """A service with a key, without the processes that a started one has."""
    settings = Settings(api_keys="a key of seventeen")  # type: ignore[arg-type]
    return TestClient(create_app(settings))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_key_and_takes_nothing_from_elsewhere(
    locked: TestClient, path: str
) -> None:
    page = locked.get(path)

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert re.findall(r'(?:src|href)="(?:https?:)?//', page.text) == []
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        if not address.endswith("vega.js"):
            assert locked.get(address).status_code == 200, address


@pytest.mark.parametrize("path", PAGES)
def test_the_policy_of_a_page_is_strict_but_for_the_one_style_of_reports(
    locked: TestClient, path: str
) -> None:
    policy = locked.get(path).headers["content-security-policy"]

    assert "script-src 'self';" in policy
    assert re.search(r"style-src 'self' 'sha256-[^']{44}';", policy)
    assert "unsafe" not in policy


def test_what_a_page_shows_needs_a_key(locked: TestClient) -> None:
    for path in ("/experiments", "/experiments/any", "/experiments/any/events", "/sweepsx"):
        assert locked.get(path).status_code == 401
    assert locked.post("/allocate/explained", json={}).status_code == 401


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("de,en;q=0.5,zh;q=0.7", "zh"),
        ("fr", "en"),
        ("", "en"),
        ("zh;q=x", "zh"),
    ],
)
def test_the_language_is_what_the_browser_would_have_most(
    locked: TestClient, asked: str, language: str
) -> None:
    page = locked.get("/sweeps", headers={"Accept-Language": asked})

    assert f'<html lang="{language}">' in page.text


def test_a_chosen_language_is_remembered_and_leads_back_to_the_page(locked: TestClient) -> None:
    answer = locked.get("/compare?a=1&language=zh&b=2", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/compare?a=1&b=2")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("whale-language=zh;")
    back = locked.get("/compare", headers={"Cookie": cookie.partition(";")[0]})
    assert '<html lang="zh">' in back.text
    locked.cookies.clear()


def test_every_text_that_a_module_names_is_there() -> None:
    english = templates("en", "page")
    named = {
        name
        for module in STATIC.glob("*.js")
        for name in re.findall(r'\bt\("([^"]+)"', module.read_text())
    }

    assert named
    assert {*map(text_id, named)} - english.keys() == set()


def test_modules_import_what_others_export_without_circles() -> None:
    sources = {file.name: file.read_text() for file in sorted(STATIC.glob("*.js"))}
    graph: dict[str, set[str]] = {name: set() for name in sources}
    for importer, source in sources.items():
        for names, imported in re.findall(r'import {([^}]*)} from "\./([^"]+)"', source):
            graph[importer].add(imported)
            exports = re.findall(
                r"^export .*?(?:function\*?|const|class) (\w+|\$)", sources[imported], re.MULTILINE
            )
            wanted = {each.split(" as ")[0].strip() for each in names.split(",")}

            assert wanted <= {*exports}, f"{importer} imports from {imported}"

    TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules


def test_presets_are_the_experiments_of_the_files() -> None:
    assert PRESETS.keys() == FILES.keys()
    for name, file in FILES.items():
        written = yaml.safe_load((ROOT / "configs" / file).read_text())
        assert SweepConfig.from_mapping(PRESETS[name]) == SweepConfig.from_mapping(written)


def test_assets_are_compressed_and_kept_for_ever_under_their_version(locked: TestClient) -> None:
    current = locked.get(f"/static/web/{assets_version()}/base.css")
    stale = locked.get("/static/web/before/base.css")
    plain = locked.get(
        f"/static/web/{assets_version()}/base.css", headers={"Accept-Encoding": "identity"}
    )

    assert current.headers["content-encoding"] == "gzip"
    assert "immutable" in current.headers["cache-control"]
    assert stale.headers["cache-control"] == "no-cache"
    assert "content-encoding" not in plain.headers
    assert plain.content == current.content == stale.content
    assert locked.get(f"/static/web/{assets_version()}/nothing.js").status_code == 404


def test_all_assets_together_are_small_and_the_bundle_is_made_once(tmp_path: Path) -> None:
    bundle = load_bundle(tmp_path / "kept")
    (file,) = (tmp_path / "kept").iterdir()

    assert b"vegaEmbed" in gzip.decompress(bundle)
    file.write_bytes(b"whatever was kept")
    assert load_bundle(tmp_path / "kept") == b"whatever was kept"
    assert len(bundle) + sum(len(each.compressed) for each in assets().values()) <= 1_500_000


def test_texts_reach_a_page_as_json_that_ends_no_script(locked: TestClient) -> None:
    (embedded,) = re.findall(
        r'<script type="application/json" id="texts">(.*?)</script>', locked.get("/").text
    )

    assert json.loads(embedded) == templates("en", "page")
