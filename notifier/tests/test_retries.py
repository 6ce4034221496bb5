"""When an attempt is made again."""

import pytest

from lockstep_notifier.delivery import CHANNELS, Channel
from lockstep_notifier.retries import RETRIES_S, SPREAD, retry_after_s


def test_webhooks_are_called_again_after_the_pauses_that_receivers_know() -> None:
    pauses = [retry_after_s("webhook", attempts, chance=0) for attempts in range(1, 8)]
    assert pauses == [5, 300, 1800, 7200, 18000, 36000, None]


@pytest.mark.parametrize("channel", CHANNELS)
def test_pauses_grow_and_come_to_an_end(channel: Channel) -> None:
    pauses = RETRIES_S[channel]
    assert list(pauses) == sorted(pauses)
    assert retry_after_s(channel, len(pauses), chance=0) == pauses[-1]
    assert retry_after_s(channel, len(pauses) + 1, chance=0) is None


@pytest.mark.parametrize("channel", CHANNELS)
def test_what_failed_at_one_moment_does_not_come_back_at_one_moment(channel: Channel) -> None:
    first, last = (retry_after_s(channel, 1, chance=chance) for chance in (0.0, 1.0))
    assert first is not None
    assert last == pytest.approx(first * (1 + SPREAD))
