"""The policies that come with the program: which letter each gives to a state, and from where it has what it says."""

import re
from pathlib import Path

import pytest

from states.policy import Policy, PolicyError, load_policy, policy_names
from states.policy_checks import CATEGORISED
from states.policy_terms import Activity
from states.tracks.school import SchoolState

S = SchoolState
POLICIES = {name: load_policy(name) for name in policy_names()}
EXCERPT = Path(__file__).parent / "data" / "mi-269-13-activity.txt"
SHEET = dict(line.split("\t", 1) for line in EXCERPT.read_text(encoding="utf-8").splitlines())
SOURCE = re.compile(
    r"MI 269/13, lines? \d+|MI 19564|Stated default: |DEFAULT: |[A-Z][\w ]+ Act 20\d\d, (Part|ss?)|Ofsted's "
)
STATES = (
    S.INADEQUATE,
    S.CONVERTING,
    S.CAUSING_CONCERN,
    S.UNDER_AUDIT,
    S.UNDER_WARNING_NOTICE,
    S.IN_TRANSITION,
    S.REQUIRES_IMPROVEMENT,
    S.SYSTEM_LEADER,
    S.GOOD_OR_BETTER,
)
# Policy → the letters of the states above, in their order; "-" is a state out of use.
LETTERS = {
    "norfolk-2013": "AACCCDBEF",
    "norfolk-2013-mi": "AAAAADBEF",
    "england-2026": "AACCC-BEF",
}
ACTIVITIES = [
    pytest.param(activity, id=f"{name} {category.letter}: {activity.source}")
    for name, policy in POLICIES.items()
    for category in policy.categories
    for activity in category.activities
]
OWN = '[policy]\nname = "own"\nextends = "england-2026"\n'
ROW = '[[migrations]]\nfrom_policy = "{}"\nstate = "{}"\nto = "{}"\n'
PROPOSAL = '[[monitoring.proposals]]\nstates = ["{}"]\noutcome = "off_track"\nrounds = 1\ntrigger = "{}"\n'
THREE = ("assistant_director", "programme_head", "senior_adviser")
OURS = """[authority]
name = "Brackwater Council"
address = ["1 Quay Street"]
[signatories]
assistant_director.name = "Ada Quill"
programme_head.name = "Tobias Lark"
"""


def test_letters_are_told_for_every_policy() -> None:
    assert LETTERS.keys() == POLICIES.keys()
    assert set(STATES) == set(CATEGORISED)


@pytest.mark.parametrize(
    ("name", "state", "letter"),
    [(name, state, letter) for name, letters in LETTERS.items() for state, letter in zip(STATES, letters, strict=True)],
)
def test_policy_gives_state_its_letter(name: str, state: SchoolState, letter: str) -> None:
    category = POLICIES[name].category_of(state)
    assert (category.letter if category else "-") == letter


def test_each_policy_has_a_hash_of_its_own() -> None:
    assert len({policy.hash for policy in POLICIES.values()}) == len(POLICIES)


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_every_bullet_says_where_it_is_from(activity: Activity) -> None:
    assert SOURCE.match(activity.source)
    assert activity.sentence.endswith(".")
    assert len(activity.sentence.split()) <= 25


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_every_category_says_where_it_is_from(policy: Policy) -> None:
    assert [category.letter for category in policy.categories if not SOURCE.match(category.source)] == []


@pytest.mark.parametrize("activity", [one for one in ACTIVITIES if one.values[0].text])  # type: ignore[union-attr]
def test_words_of_the_sheet_are_its_words(activity: Activity) -> None:
    number = activity.source.removeprefix("MI 269/13, line ")
    assert SHEET[number].removeprefix("  • ") == activity.text


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_monitored_school_is_told_of_it(policy: Policy) -> None:
    for category in policy.categories:
        monitored = {policy.is_monitored(state) for state in category.states}
        assert monitored == {"progress data" in str(category.activities)}


def test_county_s_lettering_differs_in_categories_alone() -> None:
    sheet, county = (POLICIES[name].model_dump(exclude={"policy"}) for name in ("norfolk-2013", "norfolk-2013-mi"))
    assert [key for key in sheet if sheet[key] != county[key]] == ["categories"]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("norfolk-2013", ()),
        ("norfolk-2013-mi", ()),
        (
            "england-2026",
            ("authority.name", "authority.address", *(f"signatories.{one}.name" for one in THREE), "partner.provider"),
        ),
    ],
)
def test_base_for_today_names_nobody(name: str, keys: tuple[str, ...]) -> None:
    assert POLICIES[name].names_to_give == keys
    signatories = POLICIES[name].signatories
    assert not keys or [one.telephone + one.email for one in signatories.values()] == [""] * len(THREE)


def test_own_file_lacks_only_the_names_left_out(tmp_path: Path) -> None:
    own = load_policy(written(tmp_path, OURS))
    assert own.names_to_give == ("signatories.senior_adviser.name", "partner.provider")


@pytest.mark.parametrize(
    ("name", "state", "expected"),
    [
        ("england-2026", "in_transition", "causing_concern"),
        ("england-2026", "under_audit", "under_audit"),
        ("england-2026", "unclassified", "unclassified"),
        ("norfolk-2013", "in_transition", "in_transition"),
        ("norfolk-2013-mi", "causing_concern", "causing_concern"),
    ],
)
def test_school_comes_over_in_a_state_in_use(name: str, state: str, expected: str) -> None:
    assert POLICIES[name].state_for(state, "any-other") == expected


def test_row_for_the_old_policy_comes_first(tmp_path: Path) -> None:
    rows = ROW.format("*", "in_transition", "causing_concern") + ROW.format("ward", "in_transition", "good_or_better")
    own = load_policy(written(tmp_path, rows))
    assert [own.state_for("in_transition", old) for old in ("ward", "other")] == ["good_or_better", "causing_concern"]


def test_state_may_be_mapped_for_one_policy_alone(tmp_path: Path) -> None:
    own = load_policy(written(tmp_path, ROW.format("ward", "in_transition", "causing_concern")))
    assert own.state_for("in_transition", "norfolk-2013") is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        pytest.param(
            ROW.format("*", "in_transition", "in_transition"),
            "migrations[0].to = 'in_transition': no category has this state",
            id="to itself",
        ),
        pytest.param(
            2 * ROW.format("*", "in_transition", "causing_concern"),
            "migrations[1]: an earlier row says where these schools go",
            id="twice",
        ),
        pytest.param(ROW.format("*", "under_audit", "causing_concern"), "a category has this state", id="state in use"),
        pytest.param(ROW.format("*", "under_audit", "causing_concern"), "or say in [[migrations]]", id="state in none"),
        pytest.param(ROW.format("*", "closed", "causing_concern"), "has no category. Take it out.", id="ended state"),
        pytest.param(ROW.format("*", "in_transit", "causing_concern"), "Did you mean in_transition?", id="no state"),
        pytest.param(ROW.format(" ", "in_transition", "causing_concern"), "at least 1 character", id="no policy"),
        pytest.param(
            '[monitoring]\nstates = ["in_transition"]\n',
            "monitoring.states[0] = 'in_transition': a school in this state has no category",
            id="monitored out of use",
        ),
        pytest.param(
            PROPOSAL.format("good_or_better", "enter_transition"),
            "monitoring.proposals[0].trigger = 'enter_transition': this move leads into in_transition, and no category "
            "has that state. Add in_transition to the states of one, or propose another move. From good_or_better: ",
            id="proposal into no use",
        ),
        pytest.param(
            PROPOSAL.format("in_transition", "settle"),
            "monitoring.proposals[0].states[0] = 'in_transition': a school in this state has no category",
            id="proposal out of use",
        ),
    ],
)
def test_contradiction_names_place_and_fix(tmp_path: Path, rows: str, words: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_policy(written(tmp_path, rows))
    assert words in str(caught.value)


def written(folder: Path, rows: str) -> Path:
    path = folder / "own.toml"
    path.write_text(OWN + rows, encoding="utf-8")
    return path
