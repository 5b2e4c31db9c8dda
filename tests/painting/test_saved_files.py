import pytest

from artbot_server.painting.saved_files import save_file


def test_a_file_is_copied_and_the_original_stays(tmp_path):
    source = tmp_path / "original.png"
    source.write_bytes(b"picture")
    place = tmp_path / "saved" / "动漫" / "output" / "a.png"
    save_file(place, source)
    assert place.read_bytes() == source.read_bytes() == b"picture"
    assert [path.name for path in place.parent.iterdir()] == ["a.png"]


def test_what_is_there_is_replaced(tmp_path):
    source = tmp_path / "original.png"
    for content in (b"first", b"second"):
        source.write_bytes(content)
        save_file(tmp_path / "a.png", source)
    assert (tmp_path / "a.png").read_bytes() == b"second"


def test_a_missing_original_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="gone"):
        save_file(tmp_path / "a.png", tmp_path / "gone.png")
    assert list(tmp_path.iterdir()) == []
