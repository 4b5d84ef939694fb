import hashlib
from pathlib import Path

from slm_analysis import fingerprint
from slm_analysis.fingerprint import digest, file_digest, program_digest


def test_a_digest_depends_on_content_and_not_on_order_of_keys():
    assert digest({"a": 1, "b": [1, "二"]}) == digest({"b": [1, "二"], "a": 1})
    assert digest([1, 2]) != digest([2, 1])
    assert digest({"a": 1}) != digest({"a": "1"})
    assert digest({"a": Path("x")}) == digest({"a": "x"})
    assert digest("x") == hashlib.sha256(b'"x"').hexdigest()


def test_a_file_is_known_by_its_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert file_digest(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()


def test_the_program_is_known_by_source_and_versions(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").write_text("x = 1\n")
    monkeypatch.setattr(fingerprint.resources, "files", lambda _: tmp_path)

    def made():
        program_digest.cache_clear()
        return program_digest()

    try:
        first = made()
        (tmp_path / "sub" / "a.pyc").write_text("compiled")
        assert made() == first
        (tmp_path / "sub" / "a.py").write_text("x = 2\n")
        second = made()
        assert second != first
        monkeypatch.setattr(fingerprint.metadata, "version", lambda name: f"{name} 0")
        assert made() not in {first, second}
    finally:
        program_digest.cache_clear()
