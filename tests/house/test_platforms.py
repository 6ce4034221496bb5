"""Accounts can be added of the platforms that pods can be made for: both are told by the chart's images."""

import pytest

from tests.house.chart import IMAGES, pods, rendered

ALL = {image: f"registry/{image}:1" for image in IMAGES}


@pytest.mark.parametrize("offered", [(), ("MT5",), ("MT4",), ("MT4", "MT5")])
def test_the_api_offers_the_platforms_that_the_operator_has_images_of(offered: tuple[str, ...]) -> None:
    terminals = {f"terminal{platform.title()}": f"registry/{platform.lower()}:1" for platform in offered}
    variables: dict[str, str] = {}
    for pod in pods(rendered(images=ALL | terminals)):
        if pod.component in ("operator", "webapp-api"):
            variables |= pod.variables
    images = [platform for platform in ("MT4", "MT5") if variables[f"LOCKSTEP_TERMINAL_IMAGE_{platform}"]]
    assert variables["LOCKSTEP_PLATFORMS"].split(",") == (images or [""])
    assert tuple(images) == offered
