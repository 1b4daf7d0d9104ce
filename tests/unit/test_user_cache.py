"""What is kept in the user's cache is made once, and made again wherever it is not whole."""

from pathlib import Path

import pytest

from efficacy_analytics.system.user_cache import cached


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda *_, **__: str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_text_is_made_once_for_what_decides_it(folder: Path) -> None:
    made: list[str] = []

    def make() -> str:
        made.append("x")
        return "行政\r\n"

    assert [cached("library", deciding, make) for deciding in ("1", "1", "2")] == ["行政\r\n"] * 3
    assert len(made) == 2
    assert len(list(folder.iterdir())) == 2


def test_a_kept_text_that_was_changed_is_made_again(folder: Path) -> None:
    cached("library", "1", lambda: "sound")
    [file] = folder.iterdir()
    file.write_text("changed")
    assert cached("library", "1", lambda: "sound") == "sound"
    assert cached("library", "1", lambda: "never asked for") == "sound"


def test_a_folder_that_cannot_be_made_is_no_fault(folder: Path) -> None:
    folder.write_text("a file stands here")
    assert cached("library", "1", lambda: "sound") == "sound"
