"""What the website says a copier would do."""

from typing import Any

import pytest

from lockstep_core.decision.preview import Trial, preview
from lockstep_core.units import ONE_LOT, Lots

from .cases.scenes import context, copier
from .cases.texts import english

TRADE = Trial("EURUSD", 0, Lots(ONE_LOT), 1.1)


@pytest.mark.parametrize(
    ("settings", "given", "sentence"),
    [
        (
            {"sizing": {"mode": "balance"}},
            {"slave": {"balance": 3700}},
            "Master buy 1.00 EURUSD would open buy 0.37 EURUSD here, because it opens the master's lots in proportion to "
            "both balances.",
        ),
        (
            {"sizing": {"mode": "fixed", "lots": "0.1"}, "reverse": True, "stops": {"max_stop_loss_points": 100}},
            {},
            "Master buy 1.00 EURUSD would open sell 0.10 EURUSD with stop loss 1.101 here, because it always opens 0.10 "
            "lots.",
        ),
        (
            {"sizing": {"mode": "multiplier", "factor": "0.001"}},
            {},
            "Master buy 1.00 EURUSD would not be copied. 0.001 lots of EURUSD are below the broker's minimum of 0.01.",
        ),
        (
            {"sizing": {"mode": "none"}, "signal_delay": {"min_ms": 1000, "max_ms": 2000}},
            {"slave_ready": False},
            "Master buy 1.00 EURUSD would open buy 1.00 EURUSD here, because it copies the master's lots.",
        ),
    ],
)
def test_a_preview_says_what_and_why(settings: dict[str, Any], given: dict[str, Any], sentence: str) -> None:
    assert english(preview(copier(settings), TRADE, context(given))) == sentence


def test_a_trial_run_is_previewed_as_if_it_were_on() -> None:
    assert "would open" in english(preview(copier({}, "dry_run"), TRADE, context({})))
    assert "only closes" in english(preview(copier({}, "close_only"), TRADE, context({})))


@pytest.mark.parametrize(
    "sizing",
    [
        {"mode": "none"},
        {"mode": "equity"},
        {"mode": "free_margin"},
        {"mode": "contract_size"},
        {"mode": "fixed_risk", "risk_fraction": "0.01"},
        {"mode": "risk_amount", "amount": "100"},
        {"mode": "fixed_master_balance", "master_balance": "1000"},
        {"mode": "formula", "expression": "1"},
    ],
)
def test_every_sizing_has_words(sizing: dict[str, str]) -> None:
    trade = Trial("EURUSD", 0, Lots(ONE_LOT), 1.1, sl=1.09)
    assert ", because it" in english(preview(copier({"sizing": sizing}), trade, context({})))
