"""Which branches of the wording were taken: a sentence that no example shows is one that nobody has read."""

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from jinja2 import Environment, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications.wording import Wording

_MARK = "_taken"


class Branch(NamedTuple):
    """One way through a template: what opens it, and the line on which that stands."""

    template: str
    line: int
    opens: str


class _MarkedEnvironment(ImmutableSandboxedEnvironment):
    """Compiles each branch with a mark at its beginning, which prints nothing and is remembered."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.known: list[Branch] = []
        self.taken: set[int] = set()
        self.globals[_MARK] = self.taken.add

    def compile(self, source: Any, name: str | None = None, filename: str | None = None, *more: Any) -> Any:
        tree = self.parse(source, name, filename) if isinstance(source, str) else source
        for line, opens, body in _branches(tree):
            mark = nodes.Call(nodes.Name(_MARK, "load"), [nodes.Const(len(self.known))], [], None, None)
            body.insert(0, nodes.ExprStmt(mark).set_lineno(line))
            self.known.append(Branch(name or "", line, opens))
        return super().compile(tree, name, filename, *more)


def _branches(tree: nodes.Template) -> Iterator[tuple[int, str, list[nodes.Node]]]:
    """Line, opening word and body of each branch; an if without an else has its else all the same."""
    conditions = list(tree.find_all(nodes.If))
    follow_on = {id(one) for condition in conditions for one in condition.elif_}
    for condition in conditions:
        yield condition.lineno, "elif" if id(condition) in follow_on else "if", condition.body
        if id(condition) not in follow_on:
            yield condition.lineno, "else", condition.else_
    for loop in tree.find_all(nodes.For):
        yield loop.lineno, "for", loop.body


class WatchedWording(Wording):
    """A wording that remembers which branches were taken while letters were written from it."""

    _environment_type: ClassVar[type[Environment]] = _MarkedEnvironment

    def untaken(self, template: str) -> tuple[Branch, ...]:
        """The branches of one template that no letter has taken so far, by line."""
        environment = self._environment
        assert isinstance(environment, _MarkedEnvironment)
        missed = (one for number, one in enumerate(environment.known) if number not in environment.taken)
        return tuple(sorted(one for one in missed if one.template == template))
