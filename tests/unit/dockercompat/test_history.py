"""The rows of `history` are docker's."""

from datetime import UTC, datetime

from nerdpy.dockercompat.history import Step, history_row
from nerdpy.output.formats import row_json

NOW = datetime(2026, 1, 20, tzinfo=UTC)
STEP = Step(
    image_id="sha256:" + "a" * 64,
    chain_id="sha256:" + "b" * 64,
    created_at=datetime(2026, 1, 1, 2, 3, 4, tzinfo=UTC),
    command="RUN\t" + "x" * 60,
    comment="buildkit",
    size=1_234_567,
)


def test_for_humans_times_and_sizes_are_short() -> None:
    row = history_row(STEP, NOW, is_human=True, no_trunc=False)
    assert (row.ID, row.Snapshot) == ("a" * 12, "b" * 12)
    assert (row.CreatedSince, row.CreatedAt) == ("2 weeks ago", "2026-01-01T02:03:04Z")
    assert row.CreatedBy == "RUN " + "x" * 40 + "…"
    assert row.Size == "1.23MB"


def test_for_programs_they_are_exact() -> None:
    row = history_row(STEP, NOW, is_human=False, no_trunc=True)
    assert (row.ID, row.CreatedSince, row.Size) == ("sha256:" + "a" * 64, "2026-01-01T02:03:04Z", "1234567")
    assert row.CreatedBy == "RUN " + "x" * 60


def test_what_is_not_there_is_said() -> None:
    row = history_row(Step(size=None), NOW, is_human=True, no_trunc=False)
    assert (row.ID, row.Snapshot, row.CreatedSince, row.Size) == ("<missing>", "<missing>", "N/A", "N/A")


def test_json_has_dockers_keys() -> None:
    text = row_json(history_row(Step(), NOW, is_human=True, no_trunc=False))
    assert text == (
        r'{"Comment":"","CreatedAt":"N/A","CreatedBy":"","CreatedSince":"N/A","ID":"\u003cmissing\u003e","Size":"0B"}'
    )
