"""The end of a log."""

from pathlib import Path

from hookflow.reporters.output import tail


def test_a_long_output_is_cut_to_its_end(tmp_path: Path) -> None:
    """In lines and in bytes, whatever the size of the log."""
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(100_000)))
    lines, cut = tail(log)
    assert (len(lines), lines[-1], cut) == (100, "line 99999", True)
    log.write_bytes(b"x" * 10_000_000)
    lines, cut = tail(log)
    assert cut
    assert sum(map(len, lines)) <= 64 * 1024
    log.write_text("one\n")
    assert tail(log) == (["one"], False)
    assert tail(tmp_path / "missing") == ([], False)
