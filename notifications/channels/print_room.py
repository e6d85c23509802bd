"""One file for the print room: the letters of a batch as they lie in the folder, one after another."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import pikepdf


def joined(files: Iterable[tuple[str, Path]], *, double_sided: bool) -> tuple[bytes, int]:
    """The PDF, and how many pages it has; a bookmark for each (title, file), in the order given.

    Printed on both sides, every letter begins on a sheet of its own: an empty page follows an odd number. Each
    letter's own file stays the accessible one; the structure of the text is not carried over. Raises OSError.
    """
    whole, titles = pikepdf.new(), []
    for title, file in files:
        with pikepdf.open(file) as letter:
            titles.append(pikepdf.OutlineItem(title, len(whole.pages)))
            whole.pages.extend(letter.pages)
            if double_sided and len(letter.pages) % 2:
                whole.add_blank_page(page_size=(210 * 72 / 25.4, 297 * 72 / 25.4))
    with whole.open_outline() as outline:
        outline.root.extend(titles)
    content = BytesIO()
    whole.save(content, deterministic_id=True)
    return content.getvalue(), len(whole.pages)
