"""The agent's errors, in one tree. Each kind says what follows: try again here, or end the pod for a reason.

The reason's `actor` says who must act then: nobody (the operator starts another pod), the account's owner, or whoever runs
the service.
"""

from lockstep_core.resources.reasons import Reason, parse_reason


class AgentError(Exception):
    """Root of the errors of agent and relay."""


class KeyringUnavailable(AgentError):
    """The keyring cannot be reached, is not ready, or gives an answer that cannot be the keyring's. Retry with growing
    pauses.
    """

    reason = Reason.KEYRING_UNREACHABLE

    def __init__(self, why: str) -> None:
        super().__init__(f"The keyring does not answer: {why}.")


class TurnAwaited(AgentError):
    """The terminal's turn to log in has not come, so the keyring does not give the password yet. Ask again after `pause_s`
    with `turn`.

    `reason` is why it must wait.
    """

    def __init__(self, reason: Reason, pause_s: float, turn: str) -> None:
        super().__init__(f"Not this terminal's turn for {pause_s:.0f} s: {reason}.")
        self.reason = reason
        self.pause_s = pause_s
        self.turn = turn


class Ending(AgentError):
    """The pod must end; the operator acts on the reason. `detail` is what the account's state shows beside it: a file's
    name, or what somebody else answered. `doubtful`: one answer or one look at a file may be wrong, so it counts only after
    several in a row.
    """

    reason: Reason = Reason.TERMINAL_CRASHED
    doubtful = False

    def __init__(self, message: str, detail: str = "", reason: Reason | None = None) -> None:
        super().__init__(message)
        self.detail = detail
        self.reason = reason or self.reason


class TerminalAbsent(Ending):
    """The image has no terminal or no bridge programs. The person running the service must supply one."""

    reason = Reason.TERMINAL_MISSING

    def __init__(self, lacks: str) -> None:
        super().__init__(
            f"This image has no {lacks}. Build one with a terminal of your own and the bridge's programs.", lacks
        )


class ServerNotInBundle(Ending):
    """The terminal of this image does not know the account's server, whose name is right. Whoever runs the service must
    supply an image with the broker's files.
    """

    reason = Reason.SERVER_NOT_IN_BUNDLE

    def __init__(self, lacks: str) -> None:
        super().__init__(f"The catalogue of brokers knows this server, and this image lacks its file {lacks}.", lacks)


class CredentialsAbsent(Ending):
    """The sealed password is not mounted. If it stays so, give up; the operator starts another pod once it is."""

    reason = Reason.CREDENTIALS_MISSING
    doubtful = True

    def __init__(self) -> None:
        super().__init__("No sealed password is stored for this account. Enter the password again.")


class CredentialsGarbled(Ending):
    """The keyring's answer holds no usable password. If it stays so, the user must enter it again."""

    reason = Reason.CREDENTIALS_UNREADABLE
    doubtful = True

    def __init__(self) -> None:
        super().__init__("The stored password cannot be read. Enter the password again.")


class KeyringRefused(Ending):
    """The keyring refuses to serve this pod. `word` is the reason that it gave. Only a newer pod is final at once."""

    def __init__(self, word: str) -> None:
        # A keyring of another version may give a reason that is not known here, so the text repeats it.
        super().__init__(f"The keyring refused this pod: {word}.", word, parse_reason(word) or Reason.KEYRING_UNREACHABLE)
        self.doubtful = self.reason is not Reason.EPOCH_SUPERSEDED


class ProxyUnreachable(Ending):
    """The account's proxy does not answer, or does not reach the broker. If it stays so, give up; a new pod tries again."""

    reason = Reason.PROXY_UNREACHABLE
    doubtful = True

    def __init__(self, why: str) -> None:
        super().__init__(f"The proxy cannot be used now: {why}.", why)


class ProxyRefused(Ending):
    """The account's proxy rejects this login, or needs one. If it stays so, the user must change it."""

    reason = Reason.PROXY_REFUSED
    doubtful = True

    def __init__(self, why: str) -> None:
        super().__init__(f"The proxy refuses: {why}.", why)


class OfferedProxyUnusable(Ending):
    """A proxy of the service rejects the service's own login. If it stays so, whoever runs the service must act."""

    reason = Reason.OFFERED_PROXY_UNUSABLE
    doubtful = True

    def __init__(self, why: str) -> None:
        super().__init__(f"The proxy of the service refuses: {why}.", why)


class DisplayFailed(Ending):
    """Xvfb did not start. Give up; a new pod may have better luck."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The virtual display did not start: {why}.", why)


class LeftoverProcesses(Ending):
    """Processes of an earlier terminal run on in Wine's prefix and cannot be ended. Give up; a new pod has none."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} processes of an earlier terminal cannot be ended.", str(count))


class SystemRefused(Ending):
    """The system refused a file, a port or a process. Give up; a new pod may have better luck. `what` needed it."""

    def __init__(self, what: str, error: OSError) -> None:
        # Without the file's name: a folder of the pod says nothing to people.
        why = f"{what}: {error.strerror or type(error).__name__}"
        super().__init__(f"The system refused what is needed: {why}.", why)
