"""Each story ends as its table says, played at leisure and all at once."""

from typing import Any

import pytest

from .stories import Story
from .tables import STORIES, cases

CASES = cases(STORIES, "story")


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_the_slave_ends_as_the_story_says(name: str, case: dict[str, Any]) -> None:
    story = Story(case)
    story.play(case["steps"])
    assert story.holds() == sorted(case["then"]), name
    story.settle()
    assert len(story.slave.opened) == len(set(story.slave.opened)), "no link is opened twice"
