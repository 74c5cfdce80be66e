"""A process that works for this one: it answers each message with another, and ends when this one does."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeAlias

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Answer: TypeAlias = Callable[[bytes], bytes]

_LENGTH = 8


class Worker(Protocol):
    """`channel` is where its answers come from."""

    channel: Any

    def send(self, message: bytes) -> None:
        """Send a message; the one before must have been answered."""

    def receive(self) -> bytes:
        """Its answer, once it comes. Raises `EOFError` where the process has died."""

    def end(self) -> None:
        """End it when it is done with the message that it has."""


def start(answer: Answer, others: Iterable[Worker]) -> Worker:
    """A new process. `answer` has to be pickleable, and `others` are all workers that there are."""
    return Forked(answer, (one for one in others if isinstance(one, Forked))) if forks() else Spawned(answer)


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
    """A copy of this process: it starts at once, and has all that is imported."""

    def __init__(self, answer: Answer, others: Iterable[Forked]) -> None:
        parent = os.getpid()
        messages, self._to = os.pipe()
        self.channel, answers = os.pipe()
        try:
            self._process = os.fork()
            if not self._process:
                # An end of a pipe that is open here, the process at the other end would wait for.
                for one in (self, *others):
                    one._close()
                _serve(answer, messages, answers)
        except OSError:
            self._close()
            raise
        finally:
            if os.getpid() != parent:
                os._exit(1)
            os.close(messages)
            os.close(answers)

    def send(self, message: bytes) -> None:
        # That it has died is seen when it should answer.
        with suppress(BrokenPipeError):
            _write(self._to, message)

    def receive(self) -> bytes:
        return _read(self.channel)

    def end(self) -> None:
        self._close()
        os.waitpid(self._process, 0)

    def _close(self) -> None:
        os.close(self._to)
        os.close(self.channel)


def _serve(answer: Answer, messages: int, answers: int) -> NoReturn:
    with suppress(BaseException):
        while True:
            _write(answers, answer(_read(messages)))
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

    def end(self) -> None:
        self.channel.close()
        self._process.join()


def _serve_spawned(answer: Answer, connection: Connection) -> NoReturn:
    with suppress(BaseException):
        while True:
            connection.send_bytes(answer(connection.recv_bytes()))
    os._exit(0)
