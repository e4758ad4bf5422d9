"""The locks in requirements/: complete, with hashes, of one mind, and from no named registry."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ("build", "serve", "develop", "clients")


def read_lock(name: str) -> dict[str, Requirement]:
    text = (ROOT / f"requirements/{name}.txt").read_text()
    lines = re.sub(r"(?m)^ *#.*\n?", "", text).replace("\\\n", "").splitlines()
    pins = [Requirement(line.split(" --hash=")[0]) for line in lines]
    return {canonicalize_name(pin.name): pin for pin in pins}


def declared() -> dict[str, list[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    serve = project["project"]["dependencies"]
    return {
        "serve": serve,
        "develop": serve + [each for extra in extras.values() for each in extra],
        "build": project["dependency-groups"]["build"] + project["build-system"]["requires"],
        "clients": project["dependency-groups"]["clients"],
    }


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes_and_no_registry(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^ *#.*\n?", "", text))
    assert blocks
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", block), block
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block
    assert "://" not in text


@pytest.mark.parametrize("name", LOCKS)
def test_every_declared_dependency_is_pinned(name: str) -> None:
    pins = read_lock(name)
    for text in declared()[name]:
        wish = Requirement(text)
        (pin,) = pins[canonicalize_name(wish.name)].specifier
        assert wish.specifier.contains(pin.version), wish


@pytest.mark.parametrize("name", LOCKS)
def test_what_a_pinned_package_needs_is_pinned_too(name: str) -> None:
    pins = read_lock(name)
    for package in pins:
        try:
            needs = requires(package) or []
        except PackageNotFoundError:  # of another platform
            continue
        for need in map(Requirement, needs):
            if need.marker is None or need.marker.evaluate({"extra": ""}):
                assert canonicalize_name(need.name) in pins, f"{package} needs {need}"


def test_serving_is_a_part_of_developing() -> None:
    develop, serve = read_lock("develop"), read_lock("serve")
    for package, pin in serve.items():
        assert develop[package].specifier == pin.specifier
    for package in ("pytest", "mypy", "distributed", "lapx"):
        assert package in develop
        assert package not in serve


def test_what_is_installed_is_what_is_pinned() -> None:
    for package, pin in read_lock("develop").items():
        if pin.marker is None or pin.marker.evaluate():
            assert version(package) in pin.specifier
