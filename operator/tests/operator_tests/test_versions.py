"""Which of two versions of an object is the newer one, whatever order they come in."""

from typing import Any

from lockstep_operator.versions import Versions


def one(version: int, name: str = "one") -> dict[str, Any]:
    return {"metadata": {"name": name, "resourceVersion": str(version)}}


def test_an_event_that_comes_after_the_answer_to_a_later_write_is_no_news() -> None:
    versions = Versions()
    assert versions.is_news(one(7))
    assert not versions.is_news(one(6))
    assert versions.is_news(one(7))
    assert versions.is_news(one(8))


def test_an_answer_that_comes_after_the_objects_end_does_not_bring_it_back() -> None:
    versions = Versions()
    versions.is_news(one(7))
    assert versions.is_end("one", 9)
    assert not versions.is_news(one(8))
    assert versions.is_news(one(10))


def test_the_end_of_an_earlier_object_is_not_that_of_the_next_one() -> None:
    versions = Versions()
    versions.is_news(one(7))
    versions.is_news(one(12))
    assert not versions.is_end("one", 9)
    assert versions.is_end("one", 13)


def test_a_list_brings_what_no_event_told_and_ends_what_it_lacks() -> None:
    versions = Versions()
    versions.is_news(one(7, "gone"))
    versions.is_news(one(8, "changed"))
    missing, news = versions.compare(versions.begin_list(), [one(9, "changed"), one(10, "new")])
    assert (missing, [raw["metadata"]["name"] for raw in news]) == (["gone"], ["changed", "new"])
    assert versions.is_news(one(8, "gone"))


def test_a_list_undoes_nothing_that_happened_while_it_was_read() -> None:
    versions = Versions()
    versions.is_news(one(7, "ended"))
    versions.is_news(one(8, "changed"))
    before = versions.begin_list()
    versions.is_end("ended", 11)
    versions.is_news(one(12, "changed"))
    versions.is_news(one(13, "made"))
    assert versions.compare(before, [one(7, "ended"), one(8, "changed")]) == ([], [])
    assert not versions.is_news(one(12, "made"))


def test_a_database_of_the_cluster_that_was_restored_wins_with_the_next_list() -> None:
    versions = Versions()
    versions.is_news(one(1000))
    assert not versions.is_news(one(20))
    assert versions.compare(versions.begin_list(), [one(20)]) == ([], [one(20)])
    assert versions.is_news(one(21))
