"""The language server: what an editor tells and asks, and what it gets."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls import uris
from pygls.capabilities import get_capability
from pygls.exceptions import JsonRpcMethodNotFound
from pygls.lsp.server import LanguageServer

from cachemount import __version__
from cachemount.findings import Finding
from cachemount.lsp import texts
from cachemount.lsp.actions import KINDS, Offer
from cachemount.lsp.analysis import Analysis, is_ours, task_for
from cachemount.lsp.changes import changes
from cachemount.lsp.positions import Positions
from cachemount.policy.baseline import NAME as BASELINE
from cachemount.policy.config_reader import NAMES
from cachemount.policy.model import ConfigError
from cachemount.program.runner import internal_error
from cachemount.reporters import pages
from cachemount.results import FileResult

if TYPE_CHECKING:
    from pygls.workspace import TextDocument

SOURCE = "cachemount"
# So long after the last key a text is checked; longer where a check takes longer.
PAUSE = 0.2
_MOST_PAUSE = 2.0
_SEVERITIES = {"error": types.DiagnosticSeverity.Error, "warning": types.DiagnosticSeverity.Warning}


class Server(LanguageServer):
    """What is known of the open documents, by their URIs.

    Texts are sent as a whole: changes to a text would need lines that both sides count alike, and pygls ends lines at
    characters that end none for an editor.
    """

    def __init__(self) -> None:
        super().__init__(SOURCE, __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)
        self._analyses: dict[str, Analysis] = {}
        self._mistakes: dict[str, ConfigError] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._pauses: dict[str, float] = {}
        self._said: set[str] = set()

    # What the editor tells.

    def initialized(self) -> None:
        """Ask to be told when a configuration or a baseline changes."""
        dynamic = "workspace.did_change_watched_files.dynamic_registration"
        if not get_capability(self.client_capabilities, dynamic, False):
            return
        names = (*NAMES, BASELINE)
        watchers = [types.FileSystemWatcher(glob_pattern=f"**/{name}") for name in names]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers=watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        registration = types.Registration(id="configuration", method=method, register_options=options)
        self.client_register_capability(types.RegistrationParams(registrations=[registration]))

    def check_now(self, uri: str) -> None:
        """Check an open document and publish what is found."""
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        document = self._document(uri)
        if document is None:
            return
        self._analyses.pop(uri, None)
        started = time.monotonic()
        analysis = self._analysis(document)
        self._pauses[uri] = min(max(2 * (time.monotonic() - started), PAUSE), _MOST_PAUSE)
        self._publish(uri, [] if analysis is None else self._diagnostics(analysis), document.version)

    def check_soon(self, uri: str) -> None:
        """Check a document when nobody has typed for a moment."""
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        loop = asyncio.get_running_loop()
        self._waiting[uri] = loop.call_later(self._pauses.get(uri, PAUSE), self.check_now, uri)

    def check_all(self) -> None:
        """Check all open documents: what holds for them has changed."""
        for uri in list(self.workspace.text_documents):
            self.check_now(uri)

    def closed(self, uri: str) -> None:
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        self._analyses.pop(uri, None)
        if self._pauses.pop(uri, None) is not None:
            self._publish(uri, [])
        self._tell_mistake(uri, None)

    # What the editor asks.

    def hover(self, uri: str, place: types.Position) -> types.Hover | None:
        """Return the pages about the findings at a place."""
        document = self._document(uri)
        analysis = None if document is None else self._analysis(document)
        if analysis is None:
            return None
        positions = self._positions(analysis.source.text)
        findings = _touching(analysis, positions, types.Range(start=place, end=place))
        if not findings:
            return None
        formats = get_capability(self.client_capabilities, "text_document.hover.content_format", None) or []
        if types.MarkupKind.Markdown in formats:
            content = types.MarkupContent(kind=types.MarkupKind.Markdown, value=texts.markdown(findings))
        else:
            content = types.MarkupContent(kind=types.MarkupKind.PlainText, value=texts.plain(findings))
        return types.Hover(contents=content, range=positions.range(findings[0].span))

    def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Return what can be done about the findings in a range."""
        document = self._document(params.text_document.uri)
        analysis = None if document is None else self._analysis(document)
        if document is None or analysis is None:
            return []
        uri, version, before = document.uri, document.version, analysis.source.text
        positions = self._positions(before)

        def edit(text: str) -> types.WorkspaceEdit:
            edits = [
                types.TextEdit(range=positions.range(span), new_text=new_text)
                for span, new_text in changes(before, text)
            ]
            if not get_capability(self.client_capabilities, "workspace.workspace_edit.document_changes", False):
                return types.WorkspaceEdit(changes={uri: edits})
            name = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
            return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(text_document=name, edits=edits)])

        offer = Offer(analysis, edit, lambda finding: _diagnostic(finding, positions))
        only = [one.value if isinstance(one, types.CodeActionKind) else one for one in params.context.only or ()]
        return offer.actions(_touching(analysis, positions, params.range), only)

    # What both need.

    def _document(self, uri: str) -> TextDocument | None:
        """Return an open document that is checked."""
        document = self.workspace.text_documents.get(uri)
        if document is None or uris.uri_scheme(uri) not in ("file", "untitled"):
            return None
        return document if is_ours(document.path, document.language_id or "") else None

    def _analysis(self, document: TextDocument) -> Analysis | None:
        """Return what the check says of a document as it is now; None where it is not checked."""
        known = self._analyses.get(document.uri)
        if known is not None and known.source.text == document.source:
            return known
        mistake = None
        try:
            task = task_for(document.path, document.language_id or "")
            if isinstance(task, FileResult):
                return None
            analysis = self._analyses[document.uri] = Analysis(task, document.source)
            if analysis.error:
                self._say_once(f"{document.path}: {analysis.error}")
            return analysis
        except ConfigError as error:
            mistake = error
        except Exception as error:
            # One bad text must neither end the server nor go unnoticed.
            self._log(internal_error(document.path, error))
        finally:
            self._tell_mistake(document.uri, mistake)
        return None

    def _positions(self, text: str) -> Positions:
        return Positions(text, self.workspace.position_codec)

    def _diagnostics(self, analysis: Analysis) -> list[types.Diagnostic]:
        positions = self._positions(analysis.source.text)
        return [_diagnostic(one, positions) for one in analysis.report.findings]

    def _publish(self, uri: str, diagnostics: Sequence[types.Diagnostic], version: int | None = None) -> None:
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, diagnostics=list(diagnostics), version=version)
        )

    def _tell_mistake(self, uri: str, mistake: ConfigError | None) -> None:
        """Show a mistake in the configuration of a document where it is, and take away what is put right."""
        before = self._mistakes.pop(uri, None)
        if mistake is not None:
            self._mistakes[uri] = mistake
            self._say_once(str(mistake))
        for path in {one.path for one in (before, mistake) if one is not None}:
            here = {str(one): one for one in self._mistakes.values() if one.path == path}
            name = uris.from_fs_path(os.path.abspath(path))
            if name is not None:
                self._publish(name, [_mistake(one) for one in here.values()])

    def _say_once(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self.window_show_message(types.ShowMessageParams(type=types.MessageType.Error, message=message))

    def _log(self, result: FileResult) -> None:
        text = f"{result.path}: {result.error}\n{result.details}"
        self.window_log_message(types.LogMessageParams(type=types.MessageType.Error, message=text))

    def report_server_error(self, error: Exception, source: object) -> None:
        """Write an error of the server to the editor's log, where pygls would open a window."""
        if not isinstance(error, JsonRpcMethodNotFound):
            self._log(FileResult(path=SOURCE, error=f"{source}: {error}", details=str(getattr(error, "data", ""))))


def _touching(analysis: Analysis, positions: Positions, place: types.Range) -> list[Finding]:
    """Return the findings that a range touches."""
    start, end = positions.span(place)
    return [one for one in analysis.report.findings if one.span.start <= end and start <= one.span.end]


def _diagnostic(finding: Finding, positions: Positions) -> types.Diagnostic:
    page = pages.page(finding.rule)
    return types.Diagnostic(
        range=positions.range(finding.span),
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=types.CodeDescription(href=page) if page else None,
        source=SOURCE,
        message=texts.message(finding),
    )


def _mistake(error: ConfigError) -> types.Diagnostic:
    place = types.Position(line=max(error.line - 1, 0), character=max(error.column - 1, 0))
    return types.Diagnostic(
        range=types.Range(start=place, end=types.Position(line=place.line + 1, character=0)),
        severity=types.DiagnosticSeverity.Error,
        source=SOURCE,
        message=error.message,
    )


def make_server() -> Server:
    """Return a server that knows what to do with each message."""
    server = Server()

    @server.feature(types.INITIALIZED)
    def _initialized(_params: types.InitializedParams) -> None:
        server.initialized()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: types.DidOpenTextDocumentParams) -> None:
        server.check_now(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def _changed(params: types.DidChangeTextDocumentParams) -> None:
        server.check_soon(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def _saved(params: types.DidSaveTextDocumentParams) -> None:
        server.check_now(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(params: types.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def _watched(_params: types.DidChangeWatchedFilesParams) -> None:
        server.check_all()

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def _hover(params: types.HoverParams) -> types.Hover | None:
        return server.hover(params.text_document.uri, params.position)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=list(KINDS)))
    def _code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return server.code_actions(params)

    return server
