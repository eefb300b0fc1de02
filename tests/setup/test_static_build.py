"""What stands in static/vendor is what the build makes today from the locked packages."""

import filecmp
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import override_settings

from prevent_cms.setup import frontend
from prevent_cms.static_files import HashedStaticFiles

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "static/vendor"


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    target = tmp_path_factory.mktemp("static") / "vendor"
    frontend.build(ROOT / "node_modules", target)
    return target


@pytest.fixture(scope="module")
def stylesheets(built):
    return {path.name: path.read_text() for path in built.glob("*.css")}


def test_building_again_gives_the_same_files(built):
    assert files_in(built) == files_in(VENDOR)
    _, different, unreadable = filecmp.cmpfiles(built, VENDOR, files_in(built), shallow=False)
    assert not different + unreadable


def test_typeface_crown_and_crest_are_left_out(built, stylesheets):
    assert set(stylesheets) == {"govuk.css", "moj.css"}
    for css in stylesheets.values():
        assert "GDS Transport" not in css
        assert "@font-face" not in css
        assert not re.search(r"url\([^)]*(crest|crown)", css)
    assert not [name for name in files_in(built) if "crest" in name or "crown" in name]


def test_own_font_stack_is_used(stylesheets):
    for css in stylesheets.values():
        assert frontend.FONT_STACK in css


def test_every_picture_is_there_and_near(built, stylesheets):
    addresses = [
        address
        for css in stylesheets.values()
        for address in re.findall(r"""url\(\s*['"]?([^)'"]+)""", css)
        if not address.startswith("data:")
    ]
    assert addresses
    for address in addresses:
        assert not address.startswith("/")
        assert (built / address).exists()


def test_no_source_map_is_promised(built):
    for path in [*built.glob("*.css"), *built.glob("*.js")]:
        assert "sourceMappingURL" not in path.read_text()


def test_scripts_still_export_their_start(built):
    for name in ("govuk.js", "moj.js"):
        assert "initAll" in (built / name).read_text()


def test_an_unknown_use_of_the_typeface_stops_the_build():
    with pytest.raises(frontend.FrontendChanged):
        frontend.own_font('a{font:12px "GDS Transport New"}')


def test_an_unpublished_picture_stops_the_build(tmp_path):
    with pytest.raises(frontend.FrontendChanged):
        frontend.copy_picture("nothing.svg", [tmp_path], tmp_path)


def test_every_static_file_can_be_given_a_hashed_name(tmp_path):
    """Also renames the modules that scripts import, so nothing is served without its hash."""
    with override_settings(STATIC_ROOT=tmp_path):
        storage = HashedStaticFiles(location=tmp_path, base_url="/static/")
        found = {}
        for finder in finders.get_finders():
            for path, source in finder.list([]):
                found[path] = (source, path)
                (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source.path(path), tmp_path / path)
        for _, _, outcome in storage.post_process(found):
            assert not isinstance(outcome, Exception), outcome
        script = (tmp_path / storage.stored_name("app.js")).read_text()
    assert re.search(r"vendor/govuk\.[0-9a-f]{12}\.js", script)
    assert re.search(r"vendor/moj\.[0-9a-f]{12}\.js", script)


def test_static_files_are_for_this_service_only():
    assert settings.WHITENOISE_ALLOW_ALL_ORIGINS is False
