"""Reading HCL: blocks with attributes, and the expressions that are their values.

python-hcl2 gives an expression as the text that it was, so that its value would have to be read here all the same; and
the hooks for Dockerfiles, which look at Bake files around them, are installed without it.

https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import re

from cachemount.embedded import hcl_values as values
from cachemount.embedded.hcl_tokens import TOKEN, heredoc, margin, string_end, unescaped
from cachemount.embedded.hcl_values import Expression, constant
from cachemount.embedded.model import UnreadableHostError
from cachemount.records import Record

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SIGN = re.compile(r"==|!=|<=|>=|&&|\|\||=>|\.\.\.|.", re.DOTALL)
_TEMPLATE = re.compile(r"\$\$\{|%%\{|[$%]\{")
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))
_DEEPEST = 40


class Block(Record):
    """A block, or the file: its type and labels, its attributes, and the blocks in it."""

    type: str
    labels: tuple[str, ...]
    attributes: dict[str, Expression]
    blocks: list[Block]


def read(text: str) -> Block:
    """Return what an HCL file says. Raises `UnreadableHostError`."""
    return _Parser(text, 0).body("", (), end="")


def template(text: str) -> Expression:
    """Return the expression that a text of a file in JSON is."""
    return _Parser(text, 0).template(0, len(text), escapes=False)


class _Parser:
    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        # Line ends count in bodies and mappings, but not in parentheses.
        self.lines_end = [True]
        self.depth = 0

    def peek(self) -> tuple[str, str]:
        """Return the next word and its kind, and move on to where it begins; the kind is "" at the end."""
        while self.at < len(self.text):
            match = TOKEN.match(self.text, self.at)
            if match is None:
                break
            kind = "heredoc" if match["heredoc"] is not None else str(match.lastgroup)
            if kind == "space" and "\n" in match[0] and self.lines_end[-1]:
                return "line", "\n"
            if kind not in ("space", "comment"):
                if kind == "other" and (number := _NUMBER.match(self.text, self.at)):
                    return "number", number[0]
                sign = _SIGN.match(self.text, self.at)
                return kind, sign[0] if kind == "other" and sign else match[0]
            self.at = match.end()
        return "", ""

    def take(self, wanted: str = "") -> str:
        """Return the next word and go on behind it. Raises `UnreadableHostError` where another one was wanted."""
        kind, word = self.peek()
        if (wanted and word != wanted) or not kind:
            raise UnreadableHostError(f"expected {wanted or 'a value'}", self.at)
        match = TOKEN.match(self.text, self.at) if kind == "line" else None
        self.at = match.end() if match else self.at + len(word)
        return word

    def skip_lines(self, *more: str) -> None:
        while self.peek()[0] == "line" or (self.peek()[1] in more and self.peek()[1]):
            self.take()

    def body(self, kind: str, labels: tuple[str, ...], end: str) -> Block:
        attributes: dict[str, Expression] = {}
        blocks: list[Block] = []
        self.lines_end.append(True)
        while True:
            self.skip_lines()
            token, word = self.peek()
            if word == end:
                break
            if token not in ("name", "string"):
                raise UnreadableHostError("expected an attribute or a block", self.at)
            name = self._label()
            if self.peek()[1] == "=":
                self.take()
                attributes.setdefault(name, self.expression())
                continue
            inner: list[str] = []
            while self.peek()[0] in ("name", "string"):
                inner.append(self._label())
            self.take("{")
            blocks.append(self._nested(name, tuple(inner)))
        self.lines_end.pop()
        if end:
            self.take(end)
        return Block(type=kind, labels=labels, attributes=attributes, blocks=blocks)

    def _nested(self, name: str, labels: tuple[str, ...]) -> Block:
        self._deeper()
        block = self.body(name, labels, "}")
        self.depth -= 1
        return block

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise UnreadableHostError("it is nested too deeply", self.at)

    def _label(self) -> str:
        kind, _ = self.peek()
        if kind == "name":
            return self.take()
        start = self.at
        self.at = string_end(self.text, start + 1)
        return unescaped(self.text[start + 1 : self.at - 1])

    def expression(self) -> Expression:
        self._deeper()
        condition = self._binary(0)
        if self.peek()[1] == "?":
            self.take()
            self.lines_end.append(False)
            first = self.expression()
            self.take(":")
            self.lines_end.pop()
            second = self.expression()
            condition = values.choice(condition, first, second)
        self.depth -= 1
        return condition

    def _binary(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while (sign := self.peek()[1]) in _LEVELS[level]:
            self.take()
            left = values.operation(sign, left, self._binary(level + 1))
        return left

    def _unary(self) -> Expression:
        sign = self.peek()[1]
        if sign not in ("!", "-"):
            return self._postfix()
        self.take()
        self._deeper()
        operand = self._unary()
        self.depth -= 1
        return values.opposite(operand) if sign == "!" else values.negative(operand)

    def _postfix(self) -> Expression:
        value = self._primary()
        while (sign := self.peek()[1]) in (".", "["):
            self.take()
            if sign == ".":
                name = self.take()
                value = values.item(value, constant(int(name) if name.isdigit() else name))
            else:
                self.lines_end.append(False)
                value = values.item(value, self.expression())
                self.take("]")
                self.lines_end.pop()
        return value

    def _primary(self) -> Expression:
        kind, word = self.peek()
        if kind == "string":
            start = self.at
            self.at = string_end(self.text, start + 1)
            return self.template(start + 1, self.at - 1)
        if kind == "heredoc":
            return self._heredoc()
        if kind == "number":
            self.take()
            return constant(int(word) if word.isdigit() else float(word))
        if kind == "name":
            self.take()
            return self._call(word) if self.peek()[1] == "(" else values.named(word)
        if word in ("(", "[", "{"):
            self.take()
            return self._group(word)
        raise UnreadableHostError("expected a value", self.at)

    def _group(self, sign: str) -> Expression:
        if sign == "{":
            return self._mapping()
        self.lines_end.append(False)
        if sign == "(":
            value = self.expression()
            self.take(")")
        elif self.peek()[1] == "for":
            value = self._comprehension("]")
        else:
            value = values.listed(self._items("]"))
        self.lines_end.pop()
        return value

    def _items(self, end: str) -> list[tuple[Expression, bool]]:
        """Read expressions up to a closing sign; with each, whether its items are meant (`...`)."""
        items: list[tuple[Expression, bool]] = []
        while self.peek()[1] != end:
            value, spread = self.expression(), self.peek()[1] == "..."
            if spread:
                self.take()
            items.append((value, spread))
            if self.peek()[1] != ",":
                break
            self.take()
        self.take(end)
        return items

    def _call(self, name: str) -> Expression:
        self.take("(")
        self.lines_end.append(False)
        value = values.called(name, values.listed(self._items(")")))
        self.lines_end.pop()
        return value

    def _mapping(self) -> Expression:
        self.lines_end.append(True)
        self.skip_lines()
        if self.peek()[1] == "for":
            self.lines_end[-1] = False
            value = self._comprehension("}")
            self.lines_end.pop()
            return value
        pairs: list[tuple[Expression, Expression]] = []
        while self.peek()[1] != "}":
            key = self._key()
            if self.peek()[1] not in ("=", ":"):
                raise UnreadableHostError("expected = or :", self.at)
            self.take()
            pairs.append((key, self.expression()))
            if self.peek()[0] != "line" and self.peek()[1] not in (",", "}"):
                raise UnreadableHostError("expected the end of an item", self.at)
            self.skip_lines(",")
        self.take("}")
        self.lines_end.pop()
        return values.mapping(pairs)

    def _key(self) -> Expression:
        """Read a key, which is a name for itself, or an expression."""
        start = self.at
        if self.peek()[0] == "name":
            name = self.take()
            if self.peek()[1] in ("=", ":"):
                return constant(name)
            self.at = start
        return self.expression()

    def _comprehension(self, end: str) -> Expression:
        """Read what follows `[` or `{` in `[for KEY, VALUE in COLLECTION : RESULT if CONDITION]`."""
        self.take("for")
        names = [self.take()]
        if self.peek()[1] == ",":
            self.take()
            names.append(self.take())
        self.take("in")
        collection = self.expression()
        self.take(":")
        key = self.expression() if end == "}" else None
        if key is not None:
            self.take("=>")
        result = self.expression()
        condition: Expression | None = None
        if self.peek()[1] == "if":
            self.take()
            condition = self.expression()
        self.take(end)
        return values.over_items(names, collection, key, result, condition)

    def _heredoc(self) -> Expression:
        match = TOKEN.match(self.text, self.at)
        if match is None:
            raise UnreadableHostError("expected a value", self.at)
        body, self.at = heredoc(self.text, match.end(), match["label"])
        if not match["indented"]:
            return self.template(body.start, body.end, escapes=False)
        lines = self.text[body.start : body.end].split("\n")
        taken = margin(lines)
        text = "\n".join(line[min(taken, len(line) - len(line.lstrip(" \t"))) :] for line in lines)
        return template(text)

    def template(self, start: int, end: int, *, escapes: bool = True) -> Expression:
        """Return the expression of a text with `${...}` in it; the place where the parser is does not change."""
        parts: list[Expression] = []
        at, plain = start, ""
        while (found := _TEMPLATE.search(self.text, at, end)) is not None:
            plain += self.text[at : found.start()]
            at = found.end()
            if len(found[0]) == 3:
                plain += found[0][1:]
                continue
            if found[0] == "%{":
                return values.unknown
            parts.append(constant(unescaped(plain) if escapes else plain))
            plain = ""
            inner = _Parser(self.text, at)
            inner.depth = self.depth
            inner.lines_end = [False]
            if inner.peek()[1] == "~":
                return values.unknown
            parts.append(inner.expression())
            if inner.peek()[1] == "~":
                return values.unknown
            inner.take("}")
            at = inner.at
        plain += self.text[at:end]
        parts.append(constant(unescaped(plain) if escapes else plain))
        # What is one expression alone keeps its type.
        if len(parts) == 3 and start + 2 < end and self.text.startswith("${", start) and at == end:
            return parts[1]
        return values.joined(parts)
