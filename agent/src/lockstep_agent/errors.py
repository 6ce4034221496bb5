"""The agent's errors. Each has the reason that the account's state then shows."""

from lockstep_core.resources.reasons import Reason, parse_reason


class AgentError(Exception):
    """Root of the agent's errors. All but `KeyringUnavailable` end the pod; the operator acts on the reason. `detail` is
    what the account's state shows beside it: a file's name, or what somebody else answered.
    """

    reason: Reason = Reason.PREPARING

    def __init__(self, message: str, detail: str = "", reason: Reason | None = None) -> None:
        super().__init__(message)
        self.detail = detail
        self.reason = reason or self.reason


class TerminalAbsent(AgentError):
    """The image has no terminal or no bridge programs. The person running the service must supply one."""

    reason = Reason.TERMINAL_MISSING

    def __init__(self, lacks: str) -> None:
        super().__init__(
            f"This image has no {lacks}. Build one with a terminal of your own and the bridge's programs.", lacks
        )


class CredentialsAbsent(AgentError):
    """The sealed password is not mounted. Give up; the operator starts another pod once it is."""

    reason = Reason.CREDENTIALS_MISSING

    def __init__(self) -> None:
        super().__init__("No sealed password is stored for this account. Enter the password again.")


class CredentialsGarbled(AgentError):
    """The keyring's answer holds no usable password. The user must enter it again."""

    reason = Reason.CREDENTIALS_UNREADABLE

    def __init__(self) -> None:
        super().__init__("The stored password cannot be read. Enter the password again.")


class KeyringRefused(AgentError):
    """The keyring refuses to serve this pod. Give up; `word` is the reason that the keyring gave."""

    def __init__(self, word: str) -> None:
        # A keyring of another version may give a reason that is not known here, so the text repeats it.
        super().__init__(f"The keyring refused this pod: {word}.", word, parse_reason(word) or Reason.KEYRING_UNREACHABLE)


class KeyringUnavailable(AgentError):
    """The keyring cannot be reached, or answers that it is not ready. Retry with growing pauses."""

    reason = Reason.KEYRING_UNREACHABLE

    def __init__(self, why: str) -> None:
        super().__init__(f"The keyring does not answer: {why}.", why)


class DisplayFailed(AgentError):
    """Xvfb did not start. Give up; a new pod may have better luck."""

    reason = Reason.TERMINAL_CRASHED

    def __init__(self, why: str) -> None:
        super().__init__(f"The virtual display did not start: {why}.", why)
