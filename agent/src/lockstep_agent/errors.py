"""What can go wrong in a terminal pod. `reason` is one of the stable words of docs/contracts.md."""


class AgentError(Exception):
    """Root of the agent's errors. All but `KeyringUnavailable` end the pod; the operator reads the reason and decides."""

    reason = "Preparing"

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.reason = reason or self.reason


class TerminalAbsent(AgentError):
    """The image has no terminal or no bridge programs. The person running the service must supply one."""

    reason = "TerminalMissing"


class CredentialsAbsent(AgentError):
    """The sealed password is not mounted. Give up; the operator starts another pod once there is one."""

    reason = "CredentialsMissing"

    def __init__(self) -> None:
        super().__init__("No sealed password is stored for this account. Enter the password again.")


class CredentialsGarbled(AgentError):
    """What came back cannot be used as a password. The user must enter it again."""

    reason = "CredentialsUnreadable"

    def __init__(self) -> None:
        super().__init__("The stored password cannot be read. Enter the password again.")


class KeyringRefused(AgentError):
    """The keyring will not serve this pod. Give up; `reason` is the keyring's."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The keyring refused this pod: {reason}.", reason)


class KeyringUnavailable(AgentError):
    """The keyring cannot be reached or asks to come back. Retry with growing pauses."""

    reason = "KeyringUnreachable"

    def __init__(self, why: str) -> None:
        super().__init__(f"The keyring does not answer: {why}.")


class DisplayFailed(AgentError):
    """Xvfb did not start. Give up; a new pod may have better luck."""

    reason = "TerminalCrashed"

    def __init__(self, why: str) -> None:
        super().__init__(f"The virtual display did not start: {why}.")
