"""Which rows wait to be read, and which are newer than the newest list of all rows."""

from uuid import uuid4

from lockstep_operator.changed_rows import ChangedRows

ONE, TWO = uuid4(), uuid4()


def test_a_row_is_taken_once_and_again_when_it_could_not_be_applied() -> None:
    rows = ChangedRows()
    rows.note(ONE)
    rows.note(ONE)
    assert rows
    taken = rows.take()
    assert taken == {ONE}
    assert not rows
    rows.put_back(taken)
    assert rows.take() == {ONE}


def test_a_row_that_changed_after_a_list_began_is_newer_until_the_next_list() -> None:
    rows = ChangedRows()
    rows.begin_list()
    rows.note(ONE)
    assert rows.is_newer(ONE)
    rows.take()
    assert rows.is_newer(ONE)
    assert not rows.is_newer(TWO)
    rows.begin_list()
    assert not rows.is_newer(ONE)
