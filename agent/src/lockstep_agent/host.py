"""Everything of the pod that is Wine's: files, display, terminal, journal."""

import asyncio
from collections.abc import Callable

from lockstep_agent.boot.events import Event, GaveUp, JournalSaid, Launched, TerminalExited
from lockstep_agent.children.display import Display
from lockstep_agent.children.environment import wine_environment
from lockstep_agent.children.terminal import Terminal, command_line
from lockstep_agent.follow import JournalFiles
from lockstep_agent.settings import Settings
from lockstep_agent.start_file import Start, remove_start_file, start_content, wipe, write_start_file
from lockstep_agent.tree import Prepared, prepare
from lockstep_core.resources.reasons import Reason


class Host:
    """Tells what happens through `post`. `password` stays in memory: a restarted terminal needs its start file again."""

    def __init__(self, settings: Settings, post: Callable[[Event], None]) -> None:
        self.password = bytearray()
        self._settings = settings
        self._post = post
        self._prepared: Prepared | None = None
        self._display: Display | None = None
        self._terminal: Terminal | None = None
        self._journal: JournalFiles | None = None
        self._watch: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Copies and installs the files and starts the display. Raises `AgentError`."""
        preparing = asyncio.to_thread(prepare, self._settings)
        display, prepared = await asyncio.gather(Display.start(), preparing)
        self._display, self._prepared = display, prepared
        self._journal = JournalFiles(prepared.executable.parent / "logs", self._settings.login)
        self._watch = asyncio.create_task(self._watch_display(display))

    async def run_terminal(self) -> None:
        """One life of the terminal, from its start file to its end."""
        if self._prepared is None or self._display is None:
            return
        places = self._settings.places
        self._write_start_file(self._prepared.program)
        executable = self._prepared.executable
        command = command_line(self._settings.platform, executable, places.start_file)
        environment = wine_environment(places.home, places.prefix, self._display.name)
        self._terminal = await Terminal.launch(command, executable, environment)
        self._post(Launched())
        code = await self._terminal.wait()
        self.read_journal()
        self._post(TerminalExited(code))

    async def stop_terminal(self) -> None:
        """Closes the terminal, if there is one."""
        if self._terminal is not None:
            await self._terminal.stop()

    def read_journal(self) -> None:
        """Tells what the terminal has written since the last time."""
        for entry in self._journal.news() if self._journal is not None else ():
            self._post(JournalSaid(entry))

    def delete_start_file(self) -> None:
        """The password leaves the disk."""
        remove_start_file(self._settings.places.start_file)

    async def close(self) -> None:
        """Leaves nothing running and nothing secret behind."""
        self.delete_start_file()
        wipe(self.password)
        if self._watch is not None:
            self._watch.cancel()
        if self._terminal is not None:
            await self._terminal.stop()
        if self._display is not None:
            await self._display.stop()

    def _write_start_file(self, program: str) -> None:
        s = self._settings
        content = start_content(s.platform, Start(s.login, s.server, s.chart_symbol, program), self.password)
        write_start_file(s.places.start_file, content)

    async def _watch_display(self, display: Display) -> None:
        code = await display.wait()
        self._post(GaveUp(Reason.TERMINAL_CRASHED, f"The virtual display ended with code {code}."))
