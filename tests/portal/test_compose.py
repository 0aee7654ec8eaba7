"""What can be said about the image and compose without an engine: they hold no secret, and the names
they pass are the ones that the settings read."""

import re
from pathlib import Path

from django.conf import settings

HERE = Path(settings.BASE_DIR)
READ = "".join(
    (HERE / "portal" / name).read_text() for name in ("settings.py", "environment.py", "gunicorn.py")
)


def test_every_variable_that_compose_passes_is_read():
    compose = (HERE / "docker-compose.yml").read_text()
    block = compose.split("environment: &environment\n")[1].split("\nservices:")[0]
    names = re.findall(r"^    ([A-Z_]+):", block, re.M)
    assert len(names) > 10
    for name in set(names) - {"TMPDIR"}:
        assert f'"{name}"' in READ, name


def test_every_variable_that_the_example_names_is_known():
    compose = (HERE / "docker-compose.yml").read_text()
    for name in re.findall(r"^#?([A-Z_]+)=", (HERE / ".env.example").read_text(), re.M):
        assert f"${{{name}:" in compose or name == "COMPOSE_PROFILES", name  # which compose itself reads


def test_s25_image_and_compose_hold_no_secret():
    for name in ("docker-compose.yml", "Dockerfile", ".env.example"):
        text = (HERE / name).read_text()
        for value in re.findall(r"(?:SECRET|PASSWORD|KEY)[A-Z_]*[:=] ?(\S.*)?$", text, re.M):
            assert not value or value.startswith(("$", "{", "?", "-}")), (name, value)


def test_compose_runs_the_same_major_as_the_wheel():
    from portal.embedded.postgres import MAJOR

    assert f"image: postgres:{MAJOR}\n" in (HERE / "docker-compose.yml").read_text()
