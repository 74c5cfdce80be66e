"""The language server: what an editor tells and asks, and what it gets."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence

from lsprotocol import types
from pygls import uris
from pygls.capabilities import get_capability
from pygls.exceptions import JsonRpcMethodNotFound
from pygls.lsp.server import LanguageServer

from cachemount import __version__
from cachemount.files.kept import WATCH
from cachemount.findings import Finding
from cachemount.lsp import texts
from cachemount.lsp.actions import FIX, FIX_ALL, Offer
from cachemount.lsp.analysis import Analysis, Change, is_ours, task_for
from cachemount.lsp.changes import changes
from cachemount.lsp.positions import Positions
from cachemount.policy.ancestors import BASELINE, CONFIGURATIONS
from cachemount.policy.model import ConfigError
from cachemount.program.runner import internal_error
from cachemount.reporters import pages
from cachemount.results import FileResult
from cachemount.type_checking import TYPE_CHECKING

if TYPE_CHECKING:
    from pygls.workspace import TextDocument

SOURCE = "cachemount"
# So long after the last key a text is checked; longer where a check takes longer.
PAUSE = 0.2
_MOST_PAUSE = 2.0
# Files beside a Dockerfile that may decide what is found in it, or whether it is fixed.
_TELLING = (
    "*{Docker,docker,Container,container}file*", "*compose*.{yaml,yml}", "*bake*.{hcl,json}", "{Makefile,justfile}",
    "*.{mk,sh,bash}", ".github/workflows/*", ".gitlab-ci.yml", "cloudbuild.*", "railway.*", "go.{mod,work}", "deno.*",
    "package.json", ".yarnrc.yml", "yarn.lock", "Cargo.toml", ".cargo/*", ".dockerignore",
)  # fmt: skip
_SEVERITIES = {"error": types.DiagnosticSeverity.Error, "warning": types.DiagnosticSeverity.Warning}


class Server(LanguageServer):
    """The open documents, by their URIs.

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
        """Ask to be told when a configuration, a baseline, or what tells about a Dockerfile changes."""
        dynamic = "workspace.did_change_watched_files.dynamic_registration"
        if not get_capability(self.client_capabilities, dynamic, False):
            return
        names = (*CONFIGURATIONS, BASELINE, *_TELLING)
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
        self._look_around(but=uri)
        self._analyses.pop(uri, None)
        started = time.monotonic()
        analysis = self._analysis(document)
        self._pauses[uri] = min(max(2 * (time.monotonic() - started), PAUSE), _MOST_PAUSE)
        self._publish(uri, [] if analysis is None else self._diagnostics(analysis), document.version)

    def check_soon(self, uri: str) -> None:
        """Check a document some time after the last change."""
        if (waiting := self._waiting.pop(uri, None)) is not None:
            waiting.cancel()
        loop = asyncio.get_running_loop()
        self._waiting[uri] = loop.call_later(self._pauses.get(uri, PAUSE), self.check_now, uri)

    def check_all(self) -> None:
        """Check all open documents: what holds for them has changed."""
        for uri in list(self.workspace.text_documents):
            self.check_now(uri)

    def files_changed(self, uris: Sequence[str]) -> None:
        """Check the open documents for which something else may hold once these files have changed."""
        if any(uri.rpartition("/")[2] in (*CONFIGURATIONS, BASELINE) for uri in uris):
            self.check_all()
        else:
            self._look_around()

    def _look_around(self, but: str = "") -> None:
        """Check all documents but one soon, where files that were read for one of them have changed."""
        if WATCH.forget_changed():
            self._analyses.clear()
            for uri in self.workspace.text_documents:
                if uri != but and self._document(uri) is not None:
                    self.check_soon(uri)

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
        touched = _touched(analysis, positions, types.Range(start=place, end=place))
        findings = [analysis.report.findings[index] for index in touched]
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
        only = [one.value if isinstance(one, types.CodeActionKind) else one for one in params.context.only or ()]
        resolved = get_capability(self.client_capabilities, "text_document.code_action.resolve_support.properties", [])
        later = "edit" in (resolved or [])

        def attach(action: types.CodeAction, change: Change, index: int) -> bool:
            # What is asked for by its kind will be made, on saving for one.
            if later and not (only and change == "all"):
                name = {"uri": document.uri, "version": document.version, "change": change, "index": index}
                action.data = name | {"message": _message(analysis, index)}
                return analysis.can_make(change, index)
            action.edit = self._edit(document, analysis, change, index)
            return action.edit is not None

        positions = self._positions(analysis.source.text)
        offer = Offer(analysis, attach, lambda finding: _diagnostic(finding, positions))
        return offer.actions(_touched(analysis, positions, params.range), only)

    def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Give an action that was chosen its edit, unless the document has changed since."""
        data = action.data if isinstance(action.data, dict) else {}
        document = self._document(str(data.get("uri")))
        analysis = None if document is None else self._analysis(document)
        if document is None or analysis is None or data.get("version") != document.version:
            return action
        # A configuration may have changed meanwhile, and with it what is found.
        if data["message"] == _message(analysis, data["index"]):
            action.edit = self._edit(document, analysis, data["change"], data["index"])
            if action.edit is None:
                message = "cachemount: this cannot be written here without changing more than it should"
                self.window_show_message(types.ShowMessageParams(type=types.MessageType.Info, message=message))
        return action

    def _edit(
        self, document: TextDocument, analysis: Analysis, change: Change, index: int
    ) -> types.WorkspaceEdit | None:
        """Return what makes a change in a document; None where it changes nothing."""
        before = analysis.source.text
        positions = self._positions(before)
        edits = [
            types.TextEdit(range=positions.range(span), new_text=text)
            for span, text in changes(before, analysis.make(change, index))
        ]
        if not edits:
            return None
        if not get_capability(self.client_capabilities, "workspace.workspace_edit.document_changes", False):
            return types.WorkspaceEdit(changes={document.uri: edits})
        name = types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(text_document=name, edits=edits)])

    # What both need.

    def _document(self, uri: str) -> TextDocument | None:
        """Return an open document that is checked."""
        document = self.workspace.text_documents.get(uri)
        if document is None or uris.uri_scheme(uri) not in ("file", "untitled"):
            return None
        return document if is_ours(document.path, document.language_id or "") else None

    def _analysis(self, document: TextDocument) -> Analysis | None:
        """Return what the check says of a document as it is now; None where it is not checked."""
        self._look_around()
        known = self._analyses.get(document.uri)
        if known is not None and known.source.text == document.source:
            return known
        mistake = None
        try:
            task = task_for(document.path, document.language_id or "")
            if isinstance(task, FileResult):
                return None
            self._analyses[document.uri] = Analysis(task, document.source)
            return self._analyses[document.uri]
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


def _touched(analysis: Analysis, positions: Positions, place: types.Range) -> list[int]:
    """Return the indexes of the findings that a range touches."""
    start, end = positions.span(place)
    found = enumerate(analysis.report.findings)
    return [index for index, one in found if one.span.start <= end and start <= one.span.end]


def _message(analysis: Analysis, index: int) -> str:
    return "".join(one.message for one in analysis.report.findings[index : index + 1])


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
    WATCH.is_on = True

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
    def _watched(params: types.DidChangeWatchedFilesParams) -> None:
        server.files_changed([one.uri for one in params.changes])

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def _hover(params: types.HoverParams) -> types.Hover | None:
        return server.hover(params.text_document.uri, params.position)

    options = types.CodeActionOptions(code_action_kinds=[FIX, FIX_ALL], resolve_provider=True)

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)
    def _code_actions(params: types.CodeActionParams) -> list[types.CodeAction]:
        return server.code_actions(params)

    @server.feature(types.CODE_ACTION_RESOLVE)
    def _resolve(action: types.CodeAction) -> types.CodeAction:
        return server.resolve(action)

    return server
