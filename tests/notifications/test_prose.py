"""How hard a letter is to read: its sentences, their words, and what is not counted."""

import pytest

from notifications.markdown import parse
from notifications.prose import Fault, faults, reading_index, sentences

HARD = "hard to read: index 22.4, 8.0 at most (a reading age of 27, not 13)"


def test_words_of_an_act_are_not_measured() -> None:
    [only] = sentences(parse(f"It says “{'word ' * 40}” and no more."))
    assert len(only.split()) == 6


@pytest.mark.parametrize(
    ("prose", "index"),
    [("The cat sat on the mat.", -5.1), ("Write to head@school.example now.", -4.2)],
    ids=["words", "address"],
)
def test_reading_index_is_that_of_the_formula(prose: str, index: float) -> None:
    assert reading_index([prose]) == pytest.approx(index, abs=0.1)


def test_hard_letter_is_told_the_age_that_it_asks_for() -> None:
    [fault] = faults(parse("The governors considered representations from several headteachers."))
    assert fault == Fault("", HARD, "Use shorter words and sentences.")


def test_sentence_of_25_words_is_let_be() -> None:
    assert [len(list(faults(parse(f"{'ox ' * words}.")))) for words in (24, 25)] == [0, 1]
