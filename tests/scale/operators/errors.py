"""What can go wrong while the operator is measured; every text says what to do."""

from tests.stack.errors import StackError


class OperatorEnded(StackError):
    """An operator that was measured has ended by itself. Its log says why."""

    def __init__(self, log: str) -> None:
        super().__init__(f"the operator ended by itself; the end of its log:\n{log}")


class NoKwok(StackError):
    """kwok did not start. Its log says why."""

    def __init__(self, log: str) -> None:
        super().__init__(f"kwok ended by itself; the end of its log:\n{log}")
