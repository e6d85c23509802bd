"""A council's own file stays short, and every mistake in it is told at once, with its line and its fix."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import states
from states.policy import PolicyError, load_policy
from states.policy_file import policy_names, read_policy

Write = Callable[..., Path]
EXTENDS = '[policy]\nextends = "norfolk-2013"\n'
WORDS_OF_F = 'sentence = "We plan no'
PACKAGED = Path(states.__file__).parent / "policies" / "norfolk-2013.toml"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str, name: str = "fenshire.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def refusal(path: Path | str) -> PolicyError:
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    return caught.value


def test_short_file_changes_only_what_it_says(write: Write) -> None:
    own = load_policy(write(EXTENDS + '[authority]\nname = "Fenshire County Council"\n'))
    assert own.authority.name == "Fenshire County Council"
    assert own.monitoring == load_policy("norfolk-2013").monitoring


def test_array_is_replaced_whole(write: Write) -> None:
    own = load_policy(write(EXTENDS + '[authority]\naddress = ["1 Fen Way"]\n'))
    assert own.authority.address == ("1 Fen Way",)


def test_file_extends_a_file_beside_it(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(EXTENDS + "[monitoring]\nminimum_pupils = 11\n", "base.toml")
    path = write('[policy]\nextends = "base.toml"\nname = "ward"\n', "ward.toml")
    monkeypatch.chdir("/")
    assert (load_policy(path).name, load_policy(path).monitoring.minimum_pupils) == ("ward", 11)


def test_packaged_name_wins_over_a_file(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(EXTENDS, "norfolk-2013.toml").parent)
    assert load_policy("norfolk-2013").name == "norfolk-2013"


def test_file_may_bear_a_packaged_name(write: Write) -> None:
    assert load_policy(write(EXTENDS, "norfolk-2013.toml")).name == "norfolk-2013"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            '[authority]\ntelephon = "1"\n',
            "line 4: authority.telephon = '1': this key is not known",
            id="key",
        ),
        pytest.param('[authority]\ntelephon = "1"\n', "Did you mean telephone?", id="nearest key"),
        pytest.param(
            "[signatories.programme_head]\nfone = 1\n",
            "Known: email, name, telephone, title.",
            id="key in a named table",
        ),
        pytest.param('[monitoring]\nstates = ["inadequat"]\n', "monitoring.states[0] = 'inadequat'", id="state"),
        pytest.param('[monitoring]\nstates = ["inadequat"]\n', "Did you mean inadequate?", id="nearest state"),
        pytest.param('[monitoring]\nstates = ["closed"]\n', "has no category. Take it out.", id="ended state"),
        pytest.param('[partner]\nstates = ["unclassified"]\n', "has no category. Take it out.", id="first state"),
        pytest.param("[caseload]\ntype_codes = []\n", "this list is empty. Give at least one.", id="no types"),
        pytest.param('[caseload]\ntype_codes = ["99"]\n', "no GIAS type of establishment", id="type code"),
        pytest.param("[monitoring]\nminimum_pupils = 0\n", "greater than or equal to 1", id="no minimum"),
        pytest.param('[monitoring]\nreply_within_days = "14"\n', "valid integer", id="number in quotes"),
        pytest.param("[monitoring]\nreply_within_days = true\n", "valid integer", id="true for a number"),
        pytest.param("[authority]\nname = 5\n", "valid string", id="number for a name"),
        pytest.param('[authority]\nname = " "\n', "at least 1 character", id="blank name"),
        pytest.param("[policy.title]\nx = 1\n", "policy.title", id="table for a value"),
        pytest.param('[classification.triggers]\n"Good" = "clasify_inadequate"\n', "no move of a school", id="trigger"),
        pytest.param('[classification.triggers]\n"Good" = "settle"\n', "does not start from", id="wrong trigger"),
        pytest.param('[classification.triggers]\n"GOOD" = "settle"\n', "more than once", id="grade twice"),
        pytest.param('[letters.category_notice]\nrecipients = ["haed"]\n', "Did you mean head?", id="recipient"),
        pytest.param('[letters.category_notice]\nrecipients = ["head", "head"]\n', "named twice", id="head twice"),
        pytest.param(
            '[letters.category_notice]\nsignatory = "asistant"\n',
            "there is no such signatory",
            id="signatory",
        ),
        pytest.param(
            '[letters.category_notise]\nsignatory = "x"\n', "letters.category_notise", id="letter, incomplete"
        ),
        pytest.param(
            'source = "MI 269/2013"\n',
            "line 3: policy.source = 'MI 269/2013': MI 269/2013 is no Management Information sheet. Write number and",
            id="a sheet that is none",
        ),
        pytest.param('[partner]\ncontact = "nobody"\n', "partner.contact = 'nobody'", id="partner's contact"),
        pytest.param('[partner]\nstates_first = ["in_transition"]\n', "no partner is allocated", id="first states"),
    ],
)
def test_mistake_names_place_and_fix(write: Write, text: str, words: str) -> None:
    assert words in str(refusal(write(EXTENDS + text)))


MEASURE = '[[monitoring.measures]]\nkey = "reading"\nlabel = "Reading"\nphases = ["Primary"]\ntarget_percent = 50\n'
PROPOSAL = '[[monitoring.proposals]]\nstates = ["{}"]\noutcome = "{}"\nrounds = 1\ntrigger = "{}"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            MEASURE + "off_track_below = 60\n",
            "line 8: monitoring.measures[0].off_track_below = 60",
            id="line",
        ),
        pytest.param(MEASURE + "off_track_below = 60\n", "this is above the target. Give 50 or less.", id="tolerance"),
        pytest.param(MEASURE + "off_track_below = 40\n", "of the phase All-through", id="phase without a measure"),
        pytest.param(MEASURE + "off_track_below = 101\n", "less than or equal to 100", id="more than all"),
        pytest.param(MEASURE, "line 3: monitoring.measures[0].off_track_below: this key is missing", id="missing key"),
        pytest.param(2 * (MEASURE + "off_track_below = 40\n"), "another measure has this key", id="same key"),
        pytest.param(
            MEASURE.replace("Primary", "Primry") + "off_track_below = 40\n",
            "Did you mean Primary",
            id="phase",
        ),
        pytest.param(PROPOSAL.format("converting", "missing", "settle"), "does not start from converting", id="start"),
        pytest.param(PROPOSAL.format("converting", "late", "settle"), "Known: insufficient", id="outcome"),
        pytest.param(2 * PROPOSAL.format("in_transition", "missing", "settle"), "an earlier proposal", id="compete"),
    ],
)
def test_mistake_in_an_array_names_its_item(write: Write, text: str, words: str) -> None:
    assert words in str(refusal(write(EXTENDS + text)))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param('letter = "F"', 'letter = "E"', "another category has this letter", id="letter twice"),
        pytest.param(
            '["in_transition"]',
            '["system_leader"]',
            "category D has the state system_leader already",
            id="state twice",
        ),
        pytest.param('["in_transition"]', '["system_leader"]', "no category has the state in_transition", id="gap"),
        pytest.param('["good_or_better"]', '["unclassified"]', "a school in this state has no category", id="none"),
        pytest.param(
            '["good_or_better"]',
            '["unclassified"]',
            "classification.triggers.Good = 'classify_good_or_better': this move leads into good_or_better, and no "
            "category has that state. Add good_or_better to the states of one, or propose another move. From "
            "unclassified: classify_requires_improvement, classify_inadequate",
            id="grade into no use",
        ),
        pytest.param('["inadequate", "converting"]', '["inadequate", "convert"]', "states[1] = 'convert'", id="place"),
        pytest.param('"Inadequate" =', '"Poor" =', "the grade Inadequate has no move", id="grade missing"),
        pytest.param("[letters.progress_request]", "[letters.request]", "the letter progress_request", id="letter"),
        pytest.param("[letters.progress_request]", "[letters.request]", "there is no such letter", id="no letter"),
        pytest.param(WORDS_OF_F, f'sectors = ["academy"]\n{WORDS_OF_F}', "of the sector maintained", id="sector"),
        pytest.param("valid_from = 2013-11-15", "", "this key is missing. Add valid_from", id="missing key"),
        pytest.param("valid_from = 2013-11-15", "valid_from = 2013-11-31", "this is not TOML", id="impossible day"),
    ],
)
def test_mistake_in_a_whole_file_is_told(write: Write, old: str, new: str, words: str) -> None:
    text = PACKAGED.read_text(encoding="utf-8")
    assert old in text
    assert words in str(refusal(write(text.replace(old, new))))


def test_all_mistakes_are_told_at_once(write: Write) -> None:
    error = refusal(write(EXTENDS + '[authority]\nname = 5\nfax = "1"\n[monitoring]\nstates = ["x", "y"]\n'))
    assert [problem.key for problem in error.problems] == [
        "authority.name",
        "authority.fax",
        "monitoring.states[0]",
        "monitoring.states[1]",
    ]


def test_faulty_array_is_not_called_empty(write: Write) -> None:
    error = refusal(write(EXTENDS + '[caseload]\ntype_codes = ["98", "99"]\n'))
    assert [problem.key for problem in error.problems] == ["caseload.type_codes[0]", "caseload.type_codes[1]"]


def test_mistake_in_the_base_names_the_base(write: Write) -> None:
    write(EXTENDS + "[monitoring]\nminimum_pupils = 0\n", "base.toml")
    error = refusal(write('[policy]\nextends = "base.toml"\n', "own.toml"))
    assert [Path(problem.file).name for problem in error.problems] == ["base.toml"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"[policy\n", "line 1: this is not TOML: Expected ']'", id="broken"),
        pytest.param(b"a = 1\na = 2\n", "line 2", id="key twice"),
        pytest.param("name = 'Caf\u00e9'".encode("cp1252"), "this is not UTF-8 text (byte 12)", id="cp1252"),
        pytest.param("a = 1".encode("utf-16"), "Save it as UTF-8.", id="utf-16"),
        pytest.param(b"", "policy: this key is missing. Add [policy].", id="empty"),
        pytest.param(b"policy = 5\n", "policy = 5", id="value for a table"),
        pytest.param(b"[policy]\nextends = 5\n", "line 2: policy.extends = 5: this is no name or path", id="extends"),
        pytest.param(b"[policy]\nextends = 'nofolk-2013'\n", "Did you mean norfolk-2013", id="nearest policy"),
        pytest.param(b"[policy]\nextends = 'gone.toml'\n", "cannot be read (no such file or directory)", id="gone"),
        pytest.param(b"[policy]\nextends = 'own.toml'\n", "this policy extends itself", id="loop"),
    ],
)
def test_unusable_file_says_why(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(content)
    assert words in str(refusal(path))


def test_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf" + EXTENDS.replace("\n", "\r\n").encode())
    assert load_policy(path).name == "norfolk-2013"


def test_longer_loop_is_found(write: Write) -> None:
    write('[policy]\nextends = "./b.toml"\n', "a.toml")
    assert "extends itself" in str(refusal(write('[policy]\nextends = "./a.toml"\n', "b.toml")))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_file_without_permission_says_so(write: Write) -> None:
    path = write(EXTENDS)
    path.chmod(0)
    assert "permission denied" in str(refusal(path))


def test_folder_is_not_a_policy(tmp_path: Path) -> None:
    folder = tmp_path / "policy.toml"
    folder.mkdir()
    assert "is a directory" in str(refusal(folder))


def test_unknown_name_offers_the_nearest() -> None:
    assert "there is no such policy. Did you mean norfolk-2013" in str(refusal("norfolk-2031"))


def test_files_stand_most_particular_first(write: Write) -> None:
    names = [Path(file.name).name for file in read_policy(write(EXTENDS)).files]
    assert names == ["fenshire.toml", "norfolk-2013.toml"]


def test_default_policy_is_packaged() -> None:
    assert "norfolk-2013" in policy_names()
