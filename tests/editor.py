"""A small editor for tests: it starts the language server, keeps documents, and applies edits in UTF-16."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient

HOOKS = Path(__file__).parent.parent / "hooks"
# So long is waited for an answer: much longer than it takes on a busy machine.
PATIENCE = 120

T = TypeVar("T")

CAPABILITIES = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown, types.MarkupKind.PlainText]),
        code_action=types.CodeActionClientCapabilities(
            resolve_support=types.ClientCodeActionResolveOptions(properties=["edit"])
        ),
    ),
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
    ),
)


class Editor:
    """An editor that waits for each answer; `command` starts the server."""

    def __init__(
        self, *command: str, capabilities: types.ClientCapabilities = CAPABILITIES, folder: Path | None = None
    ) -> None:
        self.texts: dict[str, str] = {}
        self.published: dict[str, types.PublishDiagnosticsParams] = {}
        self.shown: list[str] = []
        self.logged: list[str] = []
        self.watched: list[str] = []
        self._versions: dict[str, int] = {}
        self._loop = asyncio.new_event_loop()
        self._news = asyncio.Event()
        self._client = LanguageClient("editor", "1")
        self._listen()
        start = command or (sys.executable, str(HOOKS / "cachemount_lsp.py"))
        self._run(self._client.start_io(*start, cwd=folder))
        params = types.InitializeParams(capabilities=capabilities, root_uri=None)
        self.server = self._run(self._client.initialize_async(params))
        self._client.initialized(types.InitializedParams())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(work, PATIENCE))

    def _listen(self) -> None:
        @self._client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _published(params: types.PublishDiagnosticsParams) -> None:
            self.published[params.uri] = params
            self._news.set()

        @self._client.feature(types.WINDOW_SHOW_MESSAGE)
        def _shown(params: types.ShowMessageParams) -> None:
            self.shown.append(params.message)
            self._news.set()

        @self._client.feature(types.WINDOW_LOG_MESSAGE)
        def _logged(params: types.LogMessageParams) -> None:
            self.logged.append(params.message)
            self._news.set()

        @self._client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def _registered(params: types.RegistrationParams) -> None:
            for one in params.registrations:
                options: Any = one.register_options
                self.watched += [str(watcher["globPattern"]) for watcher in options["watchers"]]
            self._news.set()

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until what the server has said makes the condition true."""

        async def wait() -> None:
            while not condition():
                self._news.clear()
                await self._news.wait()

        self._run(wait())

    def open(self, path: Path | str, text: str, language: str = "dockerfile") -> list[types.Diagnostic]:
        """Open a document, and return what is found in it. A path that is text is the whole URI."""
        uri = path if isinstance(path, str) else path.as_uri()
        self.texts[uri], self._versions[uri] = text, 1
        self.published.pop(uri, None)
        item = types.TextDocumentItem(uri=uri, language_id=language, version=1, text=text)
        self._client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
        return self.found(uri)

    def found(self, uri: str) -> list[types.Diagnostic]:
        """Wait for the diagnostics of the document as it is now, and return them."""
        self.wait_for(lambda: uri in self.published and self.published[uri].version == self._versions[uri])
        return list(self.published[uri].diagnostics)

    def edit(self, path: Path, text: str) -> list[types.Diagnostic]:
        """Change a document without saving it."""
        uri = path.as_uri()
        self.texts[uri] = text
        self._versions[uri] += 1
        name = types.VersionedTextDocumentIdentifier(uri=uri, version=self._versions[uri])
        change = types.TextDocumentContentChangeWholeDocument(text=text)
        self._client.text_document_did_change(
            types.DidChangeTextDocumentParams(text_document=name, content_changes=[change])
        )
        return self.found(uri)

    def save(self, path: Path) -> list[types.Diagnostic]:
        uri = path.as_uri()
        path.write_bytes(self.texts[uri].encode())
        self.published.pop(uri)
        self._client.text_document_did_save(types.DidSaveTextDocumentParams(text_document=_named(uri)))
        return self.found(uri)

    def close(self, path: Path | str) -> None:
        """Close a document, and wait until its diagnostics are gone."""
        uri = path if isinstance(path, str) else path.as_uri()
        del self.texts[uri], self._versions[uri]
        self._client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=_named(uri)))
        self.wait_for(lambda: not self.published[uri].diagnostics)

    def file_changed(self, path: Path) -> None:
        """Tell the server of a file that it watches."""
        event = types.FileEvent(uri=path.as_uri(), type=types.FileChangeType.Changed)
        self._client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes=[event]))

    def hover(self, path: Path, place: types.Position) -> types.Hover | None:
        params = types.HoverParams(text_document=_named(path.as_uri()), position=place)
        return self._run(self._client.text_document_hover_async(params))

    def actions(
        self, path: Path, place: types.Range, only: Sequence[str] | None = None
    ) -> Mapping[str, types.CodeAction]:
        """Return the code actions for a range, by their titles."""
        context = types.CodeActionContext(diagnostics=[], only=only)
        params = types.CodeActionParams(text_document=_named(path.as_uri()), range=place, context=context)
        offered = self._run(self._client.text_document_code_action_async(params)) or []
        return {one.title: one for one in offered if isinstance(one, types.CodeAction)}

    def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Ask for the change of a code action."""
        return self._run(self._client.code_action_resolve_async(action))

    def apply(self, path: Path, action: types.CodeAction) -> list[types.Diagnostic]:
        """Make the change of a code action, and return what is found after it."""
        uri = path.as_uri()
        if action.edit is None:
            action = self.resolve(action)
        assert action.edit is not None
        edits: list[types.TextEdit] = []
        if action.edit.document_changes is not None:
            (changed,) = action.edit.document_changes
            assert isinstance(changed, types.TextDocumentEdit)
            assert (changed.text_document.uri, changed.text_document.version) == (uri, self._versions[uri])
            edits = [one for one in changed.edits if isinstance(one, types.TextEdit)]
        else:
            edits = list((action.edit.changes or {})[uri])
        return self.edit(path, edited(self.texts[uri], edits))

    def quit(self) -> int | None:
        """End the server as an editor does, and return its exit status."""
        process = self._client._server
        assert process is not None
        self._run(self._client.shutdown_async(None))
        self._client.exit(None)
        status = self._run(process.wait())
        self._run(self._client.stop())
        self._loop.close()
        return status


def _named(uri: str) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(uri=uri)


def edited(text: str, edits: Sequence[types.TextEdit]) -> str:
    """Apply edits whose places are counted in UTF-16, as the protocol has it."""
    data = text.encode("utf-16-le", "surrogatepass")
    starts = [0]
    at = 0
    while at < len(text):
        at += 2 if text.startswith("\r\n", at) else 1
        if text[at - 1] in "\r\n":
            starts.append(len(text[:at].encode("utf-16-le", "surrogatepass")))

    def offset(place: types.Position) -> int:
        return starts[place.line] + 2 * place.character

    for one in sorted(edits, key=lambda one: offset(one.range.start), reverse=True):
        start, end = offset(one.range.start), offset(one.range.end)
        data = data[:start] + one.new_text.encode("utf-16-le", "surrogatepass") + data[end:]
    return data.decode("utf-16-le", "surrogatepass")
