"""A process that works for this one: it answers each message with another, and ends when this one does."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeAlias

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Answer: TypeAlias = Callable[[bytes], bytes]

_LENGTH = 8
# There are four ends of pipes for each, for a moment.
_TEAM = 64


class Worker(Protocol):
    """`channel` is where its answers come from."""

    channel: Any

    def send(self, message: bytes) -> None:
        """Send a message; the one before must have been answered."""

    def receive(self) -> bytes:
        """Its answer, once it comes. Raises `EOFError` where the process has died."""

    def close(self) -> None:
        """Have it end when it is done with the message that it has."""

    def wait(self) -> None:
        """Wait until it has ended."""


def start(answer: Answer, others: Iterable[Worker]) -> Worker:
    """A new process. `answer` has to be pickleable, and `others` are all workers that there are."""
    return _forked(answer, (one for one in others if isinstance(one, Forked))) if forks() else Spawned(answer)


def start_team(answer: Answer, number: int, prepare: Callable[[], object]) -> list[Worker]:
    """Several new processes at once, none where they cannot be copies of this one.

    The first is a copy of this process; once it has prepared itself, the others are copies of that. So this one need
    not wait, and what has to be prepared is prepared once.
    """
    if not forks() or not number:
        return []
    pipes = [(os.pipe(), os.pipe()) for _ in range(min(number, _TEAM))]
    process = os.fork()
    if not process:
        try:
            for messages, answers in pipes:
                os.close(messages[1])
                os.close(answers[0])
            prepare()
            own = next((one for one in pipes[1:] if not os.fork()), pipes[0])
            for messages, answers in pipes:
                if (messages, answers) != own:
                    os.close(messages[0])
                    os.close(answers[1])
            _serve(answer, own[0][0], own[1][1])
        finally:
            os._exit(1)
    for messages, answers in pipes:
        os.close(messages[0])
        os.close(answers[1])
    # The others are no children of this process.
    processes = [process, *[0] * len(pipes[1:])]
    return [Forked(one, pipe[0][1], pipe[1][0]) for one, pipe in zip(processes, pipes, strict=True)]


def end(workers: Collection[Worker]) -> None:
    """End them all. The first of a team waits for the others, so none is waited for before all are told."""
    for one in workers:
        one.close()
    for one in workers:
        one.wait()


def answering(workers: Iterable[Worker], *, wait: bool) -> list[Worker]:
    """The workers that have an answer or have died; where asked to, waits until there is one."""
    of = {one.channel: one for one in workers}
    if not forks():
        from multiprocessing import connection  # noqa: PLC0415 - slow to import

        return [of[channel] for channel in connection.wait(list(of), None if wait else 0)]
    from select import POLLIN, poll  # noqa: PLC0415 - not on Windows

    polled = poll()
    for channel in of:
        polled.register(channel, POLLIN)
    return [of[channel] for channel, _ in polled.poll(None if wait else 0)]


def forks() -> bool:
    """Whether processes are copies of this one. On macOS, what its libraries do in threads of their own forbids it."""
    return hasattr(os, "fork") and sys.platform != "darwin"


class Forked:
    """A copy of this process, or of one: it starts at once, and has all that is imported.

    `process` is its number where it was this process that copied itself, else 0; `to` and `channel` are pipes.
    """

    def __init__(self, process: int, to: int, channel: int) -> None:
        self.channel = channel
        self._to = to
        self._process = process

    def send(self, message: bytes) -> None:
        # That it has died is seen when it should answer.
        with suppress(BrokenPipeError):
            _write(self._to, message)

    def receive(self) -> bytes:
        return _read(self.channel)

    def close(self) -> None:
        os.close(self._to)
        os.close(self.channel)

    def wait(self) -> None:
        if self._process:
            os.waitpid(self._process, 0)


def _forked(answer: Answer, others: Iterable[Forked]) -> Forked:
    messages, to = os.pipe()
    channel, answers = os.pipe()
    process = os.fork()
    if not process:
        try:
            # An end of a pipe that is open here, the process at the other end would wait for.
            for one in (Forked(0, to, channel), *others):
                one.close()
            _serve(answer, messages, answers)
        finally:
            os._exit(1)
    os.close(messages)
    os.close(answers)
    return Forked(process, to, channel)


def _serve(answer: Answer, messages: int, answers: int) -> NoReturn:
    with suppress(BaseException):
        while True:
            _write(answers, answer(_read(messages)))
    os.close(answers)
    with suppress(BaseException):
        # Whoever waits for this process has waited for its copies.
        while True:
            os.wait()
    os._exit(0)


def _write(descriptor: int, message: bytes) -> None:
    rest = memoryview(len(message).to_bytes(_LENGTH, "big") + message)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _read(descriptor: int) -> bytes:
    return _bytes(descriptor, int.from_bytes(_bytes(descriptor, _LENGTH), "big"))


def _bytes(descriptor: int, number: int) -> bytes:
    parts = []
    while number:
        part = os.read(descriptor, number)
        if not part:
            raise EOFError
        parts.append(part)
        number -= len(part)
    return b"".join(parts)


class Spawned:
    """A process that starts from nothing."""

    def __init__(self, answer: Answer) -> None:
        from multiprocessing import get_context  # noqa: PLC0415 - slow to import

        context = get_context("spawn")
        self.channel, other = context.Pipe()
        self._process = context.Process(target=_serve_spawned, args=(answer, other), daemon=True)
        self._process.start()
        other.close()

    def send(self, message: bytes) -> None:
        with suppress(OSError):
            self.channel.send_bytes(message)

    def receive(self) -> bytes:
        try:
            return self.channel.recv_bytes()
        except OSError:
            raise EOFError from None

    def close(self) -> None:
        self.channel.close()

    def wait(self) -> None:
        self._process.join()


def _serve_spawned(answer: Answer, connection: Connection) -> NoReturn:
    with suppress(BaseException):
        while True:
            connection.send_bytes(answer(connection.recv_bytes()))
    os._exit(0)
