"""A composed letter as a Word file, for one that an officer must finish by hand: the same blocks, accessible as well.

Headings, lists and the header rows of tables are Word's own, the language is set, and no table lays anything out. There
is no logo and no window: what is sent as it was signed is the PDF.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time
from io import BytesIO

from docx import Document
from docx.document import Document as WordFile
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from notifications.errors import LetterError
from notifications.letter import Letter
from notifications.letterhead import Letterhead
from notifications.markdown import Block, Bullets, Heading, Paragraph, Span, Spans, Table
from notifications.pdf import address_lines
from notifications.render import Composed
from notifications.values import printable

_LANGUAGE = "en-GB"
_WIDTH, _LEFT, _RIGHT = Mm(210), Mm(24.6), Mm(24)
_LONGEST = 255  # characters in what a file says of itself
# Arimo is for the PDF, which carries its font; its widths are those of Arial, which every office has.
_FONTS = {"Arimo": "Arial"}
_HEADINGS = {1: 1.3, 2: 1.1, 3: 1.0}  # times the size of the text


def to_docx(composed: Composed, letter: Letter, letterhead: Letterhead) -> bytes:
    """The letter for Word; raises LetterError for a character that no Word file can hold."""
    word = Document()
    _set_up(word, composed, letter, letterhead)
    try:
        _head(word, letter, letterhead)
        for block in composed.blocks:
            _SHOWN[type(block)](word, block)
    except ValueError as error:
        raise LetterError(
            f"Letter {letter.reference}: a character in it cannot stand in a Word file ({error}). Replace it where it "
            "was typed: in a name, an address or the wording."
        ) from error
    content = BytesIO()
    word.save(content)
    return content.getvalue()


def _set_up(word: WordFile, composed: Composed, letter: Letter, letterhead: Letterhead) -> None:
    """Paper, type, language, and what the file says of itself."""
    section, about = word.sections[0], word.core_properties
    section.page_width, section.page_height = _WIDTH, Mm(297)
    section.left_margin, section.right_margin = _LEFT, _RIGHT
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    about.title, about.author = composed.subject[:_LONGEST], printable(letter.sender.authority)[:_LONGEST]
    about.subject, about.comments, about.language = printable(letter.reference)[:_LONGEST], "", _LANGUAGE
    about.created = about.modified = datetime.combine(letter.dated, time(12), UTC)
    sizes = {f"Heading {level}": times for level, times in _HEADINGS.items()} | {"Normal": 1.0}
    for name, times in sizes.items():
        _style(word, name, letterhead, times)
    _style(word, "Normal", letterhead, 1.0).paragraph_format.space_after = Pt(8)
    _page_numbers(section.footer.paragraphs[0], printable(letter.reference))


def _style(word: WordFile, name: str, letterhead: Letterhead, times: float) -> ParagraphStyle:
    style = word.styles[name]
    assert isinstance(style, ParagraphStyle)
    font = _FONTS.get(letterhead.font, letterhead.font)
    style.font.name, style.font.size = font, Pt(letterhead.size * times)
    style.font.color.rgb = RGBColor(0, 0, 0)
    properties = style.element.get_or_add_rPr()
    fonts, language = properties.find(qn("w:rFonts")), OxmlElement("w:lang")
    for theme in ("ascii", "hAnsi", "eastAsia", "cs"):  # a theme's font would be taken before ours
        fonts.attrib.pop(qn(f"w:{theme}Theme"), None)
        fonts.set(qn(f"w:{theme}"), font)
    language.set(qn("w:val"), _LANGUAGE)
    properties.append(language)
    return style


def _page_numbers(footer: WordParagraph, reference: str) -> None:
    assert footer.style is not None
    footer.style.paragraph_format.tab_stops.clear_all()
    footer.paragraph_format.tab_stops.add_tab_stop(Mm(_WIDTH.mm - _LEFT.mm - _RIGHT.mm), WD_TAB_ALIGNMENT.RIGHT)
    footer.add_run(f"{reference}\tPage ")
    _number(footer, "PAGE")
    footer.add_run(" of ")
    _number(footer, "NUMPAGES")


def _number(footer: WordParagraph, field: str) -> None:
    """A number that Word counts."""
    counted = OxmlElement("w:fldSimple")
    counted.set(qn("w:instr"), field)
    footer._p.append(counted)  # noqa: SLF001  # python-docx has no fields yet


def _head(word: WordFile, letter: Letter, letterhead: Letterhead) -> None:
    """Who writes, how to reach them, and to whom."""
    name = word.add_paragraph().add_run(printable(letter.sender.authority))
    name.bold = True
    for lines in ((letter.sender.department,), letterhead.contact_of(letter), address_lines(letter)):
        _lines(word, filter(None, map(printable, lines)))


def _lines(word: WordFile, lines: Iterable[str]) -> None:
    if text := "\n".join(lines):
        word.add_paragraph(text)


def _heading(word: WordFile, block: Heading) -> None:
    _fill(word.add_heading(level=block.level), block.spans)


def _paragraph(word: WordFile, block: Paragraph) -> None:
    paragraph = word.add_paragraph()
    # A signature stays whole, as on paper.
    paragraph.paragraph_format.keep_together = any(span.text == "\n" for span in block.spans)
    _fill(paragraph, block.spans)


def _bullets(word: WordFile, block: Bullets) -> None:
    number = _new_count(word) if block.numbered else None
    for item in block.items:
        paragraph = word.add_paragraph(style="List Number" if block.numbered else "List Bullet")
        if number is not None:
            paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number  # noqa: SLF001
        _fill(paragraph, item)


def _new_count(word: WordFile) -> int:
    """Word goes on counting through all lists of one style: each gets a count of its own."""
    style = word.styles.get_by_id("ListNumber", WD_STYLE_TYPE.PARAGRAPH)
    lists = word.part.numbering_part.element
    used = lists.num_having_numId(style.element.pPr.numPr.numId.val)
    count = lists.add_num(used.abstractNumId.val)
    count.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(count.numId)


def _table(word: WordFile, block: Table) -> None:
    """On one page if it fits there: each row stays with the next."""
    table = word.add_table(rows=0, cols=len(block.header), style="Table Grid")
    rows = (block.header, *block.rows)
    for number, cells in enumerate(rows, start=1):
        for cell, spans in zip(table.add_row().cells, cells, strict=True):
            [paragraph] = cell.paragraphs
            paragraph.paragraph_format.space_after = Pt(2)
            paragraph.paragraph_format.keep_with_next = number < len(rows)
            _fill(paragraph, spans)
    _mark_header(table)
    word.add_paragraph()


def _mark_header(table: WordTable) -> None:
    """The first row is the header: read out with each cell, and repeated on the next page."""
    row = table.rows[0]
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001
    for run in (run for cell in row.cells for paragraph in cell.paragraphs for run in paragraph.runs):
        run.bold = True


def _fill(paragraph: WordParagraph, spans: Spans) -> None:
    for span in spans:
        if span.text == "\n":
            paragraph.add_run().add_break()
        elif span.link:
            _link(paragraph, span)
        else:
            paragraph.add_run(span.text).bold = span.strong or None


def _link(paragraph: WordParagraph, span: Span) -> None:
    run = paragraph.add_run(span.text)
    run.bold, run.underline = span.strong or None, True
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(span.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    link.append(run._r)  # noqa: SLF001  # python-docx reads links and cannot write them yet
    paragraph._p.append(link)  # noqa: SLF001


_SHOWN: dict[type[Block], Callable[..., None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Table: _table,
}
