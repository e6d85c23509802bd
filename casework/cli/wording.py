"""letters preview, lint and diff: to look at a letter, and at a change of its wording, before anybody gets it."""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from casework.cli.common import emit, json_option
from casework.cli.naming import SCHOOL_NUMBER
from casework.letters import composed_letter
from casework.office import Office
from casework.samples import sample_letters
from casework.unit_of_work import reading
from notifications.catalogue import CATALOGUE
from notifications.changes import Change, changes
from notifications.errors import LetterError
from notifications.examples import example_letters
from notifications.files import file_stem
from notifications.letter import Letter, from_json
from notifications.lint import findings
from notifications.pdf import Typesetter
from notifications.render import compose
from notifications.wording import Wording

KINDS = click.argument("kinds", nargs=-1, metavar="[KIND]...", type=click.Choice(list(CATALOGUE)))
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
TEMPLATES = click.option("--templates", type=FOLDER, help="Folder of letters (default CASEWORK_TEMPLATES_DIR).")

BY_HAND = (
    "The Word file is for you to finish. What you make of it is yours: nobody signs it here, and nothing here records "
    "that it went."
)


@click.command("preview")
@click.argument("which")
@click.option("--urn", type=SCHOOL_NUMBER, help="Write the example to this school of the register (URN or name).")
@click.option("--example", type=click.IntRange(min=1), help="Which of the worked examples (default the first).")
@click.option("--docx", "in_word", is_flag=True, help="Write a Word file too, for a letter to finish by hand.")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder to write to (default CASEWORK_HOME).")
@json_option
def preview(
    which: str, urn: int | None, example: int | None, in_word: bool, folder: Path | None, as_json: bool
) -> None:
    """Write a letter as text, HTML, PDF and pictures, to look at.

    WHICH is a letter's reference, or a kind of letter (such as progress_request) for its worked example. Of an example
    only the school, the people and the sender are real; the rest is invented.
    """
    office = Office()
    letter = _letter(office, which, urn, example)
    target = folder or office.settings.previews_folder
    target.mkdir(parents=True, exist_ok=True)
    written = _written(letter, office.wording, office.typesetter, target / file_stem(letter.reference), in_word)
    lines = [*(str(path) for path in chain.from_iterable(written.values())), *([BY_HAND] if in_word else [])]
    data = {form: [str(path) for path in paths] if form == "png" else str(paths[0]) for form, paths in written.items()}
    emit(as_json, data, "\n".join(lines))


def _letter(office: Office, which: str, urn: int | None, example: int | None) -> Letter:
    if which not in CATALOGUE:
        if urn or example:
            raise click.UsageError(f"--urn and --example are for a kind of letter; {which} is written already.")
        with reading(office.engine) as session:
            return from_json(composed_letter(session, which, office.wording)[0].facts)
    examples = _examples(office, which, [urn] if urn else [])
    if example and example > len(examples):
        raise click.UsageError(f"{which} has {len(examples)} worked example(s).")
    return examples[(example or 1) - 1]


def _examples(office: Office, kind: str, urns: list[int]) -> list[Letter]:
    """The examples of one letter to the schools named; without any, to the invented one."""
    if not urns:
        return list(example_letters(kind))
    with reading(office.engine) as session:
        return list(sample_letters(session, office.policy, kind, urns))


def _written(
    letter: Letter, wording: Wording, typesetter: Typesetter, stem: Path, in_word: bool
) -> dict[str, list[Path]]:
    """The letter in each form, as files."""
    composed = compose(letter, wording)
    forms = {
        "txt": [composed.text.encode()],
        "html": [composed.html.encode()],
        "pdf": [typesetter.pdf(composed, letter)],
        "png": [*typesetter.pictures(composed, letter)],
    }
    if in_word:
        from notifications.word import to_docx  # noqa: PLC0415  # rarely asked for, and slow to import

        forms["docx"] = [to_docx(composed, letter, typesetter.letterhead)]
    return {form: list(_files(stem, form, contents)) for form, contents in forms.items()}


def _files(stem: Path, form: str, contents: list[bytes]) -> Iterator[Path]:
    """Pages that are files of their own are numbered; those of a longer letter before are not left lying about."""
    for old in stem.parent.glob(f"{stem.name}.*.{form}"):
        old.unlink()
    for number, content in enumerate(contents, start=1):
        path = stem.with_name(f"{stem.name}{f'.{number}' if form == 'png' else ''}.{form}")
        path.write_bytes(content)
        yield path


@click.command("lint")
@KINDS
@TEMPLATES
@json_option
def lint(kinds: tuple[str, ...], templates: Path | None, as_json: bool) -> None:
    """Find what is wrong with the wording of letters: of all of them, or of those kinds.

    Fields that do not exist or are never used, sections that must be there, words between {% if %} and {% endif %} that
    no example shows, long sentences and hard words, too many pages, an address that leaves the window.
    """
    asked = list(dict.fromkeys(kinds)) or list(CATALOGUE)
    found = findings(Wording(templates or Office().settings.templates_dir), asked)
    emit(
        as_json, [one.as_dict() for one in found], "\n".join(map(str, found)) or f"{len(asked)} letter(s), no findings."
    )
    if found:
        sys.exit(1)


@click.command("diff")
@KINDS
@TEMPLATES
@click.option("--against", type=FOLDER, help="Folder of letters to compare with (default the wording as shipped).")
@click.option(
    "--urn", "urns", type=SCHOOL_NUMBER, multiple=True, help="A school of the register (URN or name); repeatable."
)
@json_option
def diff(
    kinds: tuple[str, ...], templates: Path | None, against: Path | None, urns: tuple[int, ...], as_json: bool
) -> None:
    """Show what a change of wording changes in the letters that schools would get: of all kinds, or of those named.

    Each worked example is written twice, before (--against) and after (--templates), to an invented school, or to
    the schools named with --urn.
    """
    office = Office()
    own = templates or office.settings.templates_dir
    if own is None and against is None:
        raise LetterError(
            "There is nothing to compare: both would be the wording as shipped. Name a folder with --templates or "
            "--against, or set CASEWORK_TEMPLATES_DIR."
        )
    letters = chain.from_iterable(_examples(office, kind, list(urns)) for kind in dict.fromkeys(kinds) or CATALOGUE)
    found = list(changes(letters, Wording(against), Wording(own)))
    emit(as_json, [one.as_dict() for one in found], _as_text(found))


def _as_text(found: list[Change]) -> str:
    changed = [one for one in found if one.lines]
    parts = ["\n".join((f"{one.letter}, example {one.example}, to {one.school}", *one.lines)) for one in changed]
    return "\n\n".join([*parts, f"{len(found)} letter(s) written both ways, {len(changed)} of them changed."])
