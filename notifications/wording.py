"""The wording of the letters, loaded: where it is found, what a template may do, how a value gets in.

A value is text, never markup: `escaped` puts a backslash before each ASCII punctuation character, which
CommonMark takes for the character itself, so that no school's name can become a heading or a link.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from traceback import walk_tb
from typing import Any, ClassVar

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
    Undefined,
    meta,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from notifications.errors import LetterError
from notifications.values import printable
from states.dates import in_words

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


class _UnprintableError(TemplateError):
    """A value that would print as Python and not as words."""


def escaped(value: object) -> Markup:
    """A merge field as Markdown that prints letter by letter, dates in words; "" and None are errors."""
    if isinstance(value, Markup):
        return value  # made by a macro: already escaped
    if isinstance(value, date):
        return Markup(in_words(value))  # noqa: S704  # digits and a month
    if isinstance(value, bool) or not isinstance(value, str | int | Undefined):
        raise _UnprintableError(f"the value is {value!r}, which is no text, number or date")
    text = printable(str(value))
    if not text:
        raise _UnprintableError("the value is empty")
    return Markup(_PUNCTUATION.sub(r"\\\1", text))  # noqa: S704  # this is the escaping


class Wording:
    """The templates of one run, read once: the council's own folder first, then the one beside this package.

    What is in use does not change under a run: an edited template is seen by the next `Wording`.
    """

    _environment_type: ClassVar[type[Environment]] = ImmutableSandboxedEnvironment

    def __init__(self, overrides: Path | None = None) -> None:
        """`overrides` may hold any of the files of `templates/`, under the same names."""
        self.overrides = overrides
        folders = [folder for folder in (overrides, TEMPLATES) if folder]
        self._loader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
        self._environment: Environment = self._environment_type(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            finalize=escaped,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def source(self, name: str) -> tuple[str, Path]:
        """The text of one template and the file that it was found in; raises LetterError if there is none."""
        try:
            text, file, _ = self._loader.get_source(self._environment, name)
        except (TemplateError, UnicodeDecodeError) as error:
            raise LetterError(f"Template {name}: {_reason(error)}") from error
        return text, Path(str(file))

    def fields_used(self, name: str) -> dict[str, int]:
        """The merge fields that a template takes from the letter, each with the line that first names it.

        Raises LetterError if the template cannot be read.
        """
        text, file = self.source(name)
        try:
            tree = self._environment.parse(text, name, str(file))
            taken = meta.find_undeclared_variables(tree)
        except TemplateSyntaxError as error:
            raise LetterError(f"Template {file}, line {error.lineno}: {_reason(error)}") from error
        return {one.name: one.lineno for one in reversed(list(tree.find_all(nodes.Name))) if one.name in taken}

    def write(self, name: str, reference: str, values: Mapping[str, Any]) -> str:
        """One template with its values: Markdown. Raises LetterError with letter, file, line and the fix."""
        try:
            return self._environment.get_template(name).render(values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise LetterError(f"Letter {reference}, {self._place(name, error)}: {_reason(error)}") from error

    def _place(self, name: str, error: Exception) -> str:
        """File, line and fields where a template failed, as far as they are known."""
        if isinstance(error, TemplateSyntaxError):
            return f"{error.filename or error.name}, line {error.lineno}"
        if isinstance(error, UnicodeDecodeError):
            return name
        file = self.source(name)[1]
        lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == str(file)]
        if not lines:
            return str(file)
        text = file.read_text(encoding="utf-8").splitlines()[lines[-1] - 1]
        return f"{file}, line {lines[-1]} ({text.strip()})"


def _reason(error: Exception) -> str:
    match error:
        case TemplateSyntaxError():
            advice = "Correct the line; every {% if %} and {% for %} needs its end, every {{ its }}."
        case _UnprintableError():
            advice = "Fill the field in, or put the words into {% if field %} … {% endif %} (a list: {% for %})."
        case UnicodeDecodeError():
            return "the file is not UTF-8. Save it again as UTF-8."
        case _:
            advice = "templates/README.md lists the fields that each letter has."
    return f"{error.message if isinstance(error, TemplateError) else error}. {advice}"
