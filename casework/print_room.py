"""The letters of a batch for the print room: one file, in the order in which they are posted."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from casework.errors import NotFound
from casework.letters import letters_to_read
from casework.record import LetterFile
from casework.tables import Letter
from casework.unit_of_work import reading
from notifications.channels import ChannelName
from notifications.channels.folder import write_whole
from notifications.channels.print_room import joined
from notifications.files import file_stem
from notifications.letter import from_json
from states.tracks.letter import LetterState


@dataclass(frozen=True, slots=True)
class Printed:
    """The file, and what is in it: letters by reference, in order, and the number of pages."""

    file: Path
    letters: list[str]
    pages: int


def print_batch(engine: Engine, batch: str, folder: Path, *, emailed_too: bool, double_sided: bool) -> Printed:
    """Join what lies in the folder of the batch: what goes by post only, or everything. Raises NotFound or OSError.

    In the order of posting: by postcode, so that the letters to one school lie together.
    """
    sent = (Letter.batch == batch, Letter.state == LetterState.SENT, Letter.channel == ChannelName.FOLDER)
    with reading(engine) as session:
        found = [one for one in letters_to_read(session, *sent) if emailed_too or one.not_emailed]
    if not found:
        raise NotFound(
            f"The batch {batch} has no letter in the folder to print. `casework letters send` puts it there."
        )
    found.sort(key=_place)
    files = [(one.reference, folder / batch / f"{file_stem(one.reference)}.pdf") for one in found]
    content, pages = joined(files, double_sided=double_sided)
    name = f"print-room-{batch}{'-double-sided' * double_sided}.pdf"
    return Printed(write_whole(folder / batch / name, content), [one.reference for one in found], pages)


def _place(letter: LetterFile) -> tuple[str, str]:
    address = from_json(letter.facts).school.address
    return (address[-1] if address else "", letter.reference)
