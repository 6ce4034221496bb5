"""Runs the terminal under Wine: its files, its display, its process and its journal."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

from lockstep_agent.boot.events import Event, GaveUp, JournalLine, Launched, TerminalExited
from lockstep_agent.chart_symbols import chart_symbols
from lockstep_agent.children.display import Display
from lockstep_agent.children.environment import wine_environment
from lockstep_agent.children.leftovers import end_processes_in, processes_in
from lockstep_agent.children.terminal import Terminal, command_line, end_wine
from lockstep_agent.journal_files import JournalFiles
from lockstep_agent.pruning import prune
from lockstep_agent.secrets import LoginSecrets
from lockstep_agent.settings import AgentSettings
from lockstep_agent.start_file import StartOptions, remove_start_file, start_content, write_start_file
from lockstep_agent.terminal_files import PreparedTerminal, prepare
from lockstep_core.resources.reasons import Reason


class WineHost:
    """Prepares, starts and ends the terminal, and posts an event for what it does."""

    def __init__(self, settings: AgentSettings, post: Callable[[Event], None]) -> None:
        self._settings = settings
        self._post = post
        self._prepared: PreparedTerminal | None = None
        self._display: Display | None = None
        self._terminal: Terminal | None = None
        self._journal: JournalFiles | None = None
        self._watch: asyncio.Task[None] | None = None
        self._symbol = settings.chart_symbol
        self._in_vain: tuple[str, ...] = ()

    async def prepare(self) -> None:
        """Copies and installs the files and starts the display. Raises `Ending`."""
        display, prepared = await asyncio.gather(Display.start(), asyncio.to_thread(prepare, self._settings))
        self._display = display
        self._took_over(prepared)
        self._watch = asyncio.create_task(self._watch_display(display))

    async def make_room(self, *, fresh: bool) -> None:
        """Ends what an earlier terminal left running. `fresh`: also makes Wine's prefix and the terminal's files anew, as
        they are in the image. Raises `Ending`.
        """
        prefix = self._settings.paths.prefix
        if await asyncio.to_thread(processes_in, prefix):
            await end_wine(self._wine_environment())
            await end_processes_in(prefix)
        if fresh:
            self._took_over(await asyncio.to_thread(prepare, self._settings))
        await self.prune()

    async def run_terminal(self, secrets: LoginSecrets, tried_symbols: int = 0) -> None:
        """Writes the start file, wipes the secrets, starts the terminal, and waits until it ends. Raises `Ending`."""
        if self._prepared is None or self._display is None:
            return
        self._choose_symbol(self._prepared.executable.parent, tried_symbols)
        self._write_start_file(self._prepared.program, secrets)
        executable, paths = self._prepared.executable, self._settings.paths
        command = command_line(self._settings.platform, executable, paths.start_file)
        self._terminal = await Terminal.launch(command, executable, self._wine_environment())
        self._post(Launched())
        code = await self._terminal.wait()
        self.read_journal()
        self._post(TerminalExited(code))

    async def prune(self) -> None:
        """Removes files that the terminal wrote long ago and does not need."""
        if self._prepared is not None:
            await asyncio.to_thread(prune, self._prepared.executable.parent, time.time())

    async def stop_terminal(self) -> None:
        """Closes the terminal, if there is one."""
        if self._terminal is not None:
            await self._terminal.stop()

    def read_journal(self) -> None:
        """Posts what the terminal has written into its journal since the last call."""
        for entry in self._journal.news() if self._journal is not None else ():
            self._post(JournalLine(entry))

    def delete_start_file(self) -> None:
        """Deletes the start file, and with it the password on disk."""
        remove_start_file(self._settings.paths.start_file)

    async def close(self) -> None:
        """Ends all processes, and removes the password from disk."""
        self.delete_start_file()
        if self._watch is not None:
            self._watch.cancel()
        if self._terminal is not None:
            await self._terminal.stop()
        if self._display is not None:
            await self._display.stop()

    def _took_over(self, prepared: PreparedTerminal) -> None:
        self._prepared = prepared
        self._journal = JournalFiles(prepared.executable.parent / "logs", self._settings.login)

    def _choose_symbol(self, home: Path, tried_symbols: int) -> None:
        if tried_symbols > len(self._in_vain):
            self._in_vain = (*self._in_vain, self._symbol)
        names = chart_symbols(self._settings.chart_symbol, home)
        self._symbol = next((name for name in names if name not in self._in_vain), names[0])

    def _wine_environment(self) -> dict[str, str]:
        paths = self._settings.paths
        return wine_environment(paths.home, paths.prefix, self._display.name if self._display is not None else "")

    def _write_start_file(self, program: str, secrets: LoginSecrets) -> None:
        s = self._settings
        try:
            content = start_content(s.platform, StartOptions(s.login, s.server, self._symbol, program), secrets)
        finally:
            secrets.wipe()
        write_start_file(s.paths.start_file, content)

    async def _watch_display(self, display: Display) -> None:
        code = await display.wait()
        self._post(GaveUp(Reason.TERMINAL_CRASHED, f"Xvfb: exit code {code}"))
