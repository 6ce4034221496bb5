"""What a line of a terminal's journal changes in the state of its pod."""

from collections.abc import Callable
from dataclasses import replace

from lockstep_agent.boot.broker_words import meaning_of
from lockstep_agent.boot.effects import DeleteStartFile
from lockstep_agent.boot.ladder import Step, failed
from lockstep_agent.boot.state import Boot
from lockstep_agent.journal import JournalEntry, Mark


def marked(entry: JournalEntry, boot: Boot) -> Step:
    """The state of the pod after this line."""
    handler = _MARKS.get(entry.mark)
    return (boot, ()) if handler is None else handler(entry, boot)


def authorized(boot: Boot) -> Boot:
    """The state of the pod once its terminal is logged in."""
    return replace(
        boot,
        networked=True,
        authorized=True,
        authorized_once=True,
        broker_lost=False,
        proxy_trouble="",
        words="",
        start_file=False,
    )


def _on_read(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, reading=True), ()


def _on_network(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, networked=True), ()


def _on_authorized(_: JournalEntry, boot: Boot) -> Step:
    return authorized(boot), (DeleteStartFile(),)


def _on_synchronized(_: JournalEntry, boot: Boot) -> Step:
    return replace(authorized(boot), synchronized=True), (DeleteStartFile(),) if boot.start_file else ()


def _on_refused(entry: JournalEntry, boot: Boot) -> Step:
    boot = replace(boot, networked=True)
    reason = meaning_of(entry.detail)
    return (replace(boot, words=entry.detail), ()) if reason is None else failed(boot, reason, entry.detail)


def _on_lost(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, networked=True, broker_lost=boot.authorized), ()


def _on_update(_: JournalEntry, boot: Boot) -> Step:
    return replace(boot, updating=True), ()


def _on_program_failed(entry: JournalEntry, boot: Boot) -> Step:
    return replace(boot, programs=entry.detail), ()


def _on_wine(entry: JournalEntry, boot: Boot) -> Step:
    return replace(boot, wine=entry.detail), ()


def _on_build(entry: JournalEntry, boot: Boot) -> Step:
    return replace(boot, build=entry.detail), ()


_MARKS: dict[Mark, Callable[[JournalEntry, Boot], Step]] = {
    Mark.BUILD: _on_build,
    Mark.START_FILE_READ: _on_read,
    Mark.NETWORK: _on_network,
    Mark.AUTHORIZED: _on_authorized,
    Mark.SYNCHRONIZED: _on_synchronized,
    Mark.REFUSED: _on_refused,
    Mark.CONNECTION_LOST: _on_lost,
    Mark.UPDATE_READY: _on_update,
    Mark.PROGRAM_FAILED: _on_program_failed,
    Mark.WINE_UNSUPPORTED: _on_wine,
}
