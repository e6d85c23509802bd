"""GOV.UK Notify's own client against a stub of its API over HTTP: what it gets, what it answers, what that means."""

import base64
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest

from notifications.channels import Answer, ChannelDown, Fate, Later, Outgoing, Taken, TurnedDown, Unclear
from notifications.channels.notify import FATES, PAUSE, PAUSES, NotifyApi, NotifyEmail, NotifyLetter
from notifications.channels.throttle import Throttle
from notifications.examples import example_letter
from tests.servers.notify import KEY, SERVICE, TEMPLATE, NotifyStub

SetLetter = Callable[..., Outgoing]
Send = Callable[..., Answer]
REFERENCE = f"{example_letter('progress_request').reference}/1"


@pytest.fixture
def api(stub: NotifyStub) -> NotifyApi:
    return NotifyApi(KEY, stub.url, timeout=0.15)


@pytest.fixture
def send_email(api: NotifyApi, outgoing: SetLetter, throttle: Throttle) -> Send:
    return lambda **changes: NotifyEmail(api, throttle, TEMPLATE).carry(outgoing(**changes))


@pytest.fixture
def send_letter(api: NotifyApi, outgoing: SetLetter, throttle: Throttle) -> Send:
    return lambda: NotifyLetter(api, throttle, "first").carry(outgoing())


def test_email_goes_through_the_one_template(stub: NotifyStub, send_email: Send) -> None:
    assert send_email() == Taken(provider_id="00000000-0000-0000-0000-000000000065")
    [posted] = stub.posted
    assert (posted["template_id"], posted["reference"]) == (TEMPLATE, REFERENCE)
    assert posted["email_address"] == example_letter("progress_request").recipient.email
    assert posted["personalisation"].keys() == {"subject", "body"}


def test_letter_goes_as_our_own_pdf(stub: NotifyStub, send_letter: Send) -> None:
    assert isinstance(send_letter(), Taken)
    [posted] = stub.posted
    with pikepdf.open(BytesIO(base64.b64decode(posted["content"]))) as pdf:
        assert len(pdf.pages) == 2
    assert (posted["reference"], posted["postage"]) == (REFERENCE, "first")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ((400, "ValidationError"), TurnedDown("400 words of ValidationError")),
        ((413, "TooLarge"), TurnedDown("413 words of TooLarge")),
        ((400, "BadRequestError"), Later("400 words of BadRequestError", stop=True)),
        ((403, "AuthError"), Later("403 words of AuthError", stop=True)),
        ((500, "Exception"), Unclear("500 words of Exception")),
        ((503, "Exception"), Unclear("503 words of Exception")),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_error_says_whether_to_try_again(
    stub: NotifyStub, send_email: Send, said: tuple[int, str], answer: Answer
) -> None:
    stub.script.append(said)
    assert send_email() == answer
    assert stub.posted == []


def test_daily_limit_waits_for_midnight(stub: NotifyStub, send_letter: Send) -> None:
    stub.script.append((429, "TooManyRequestsError"))
    answer = send_letter()
    assert isinstance(answer, Later)
    assert answer.stop
    assert "midnight UTC" in answer.why


def test_rate_limit_pauses_and_goes_on(stub: NotifyStub, send_letter: Send, pauses: list[float]) -> None:
    stub.script += [(429, "RateLimitError"), (429, "RateLimitError")]
    assert isinstance(send_letter(), Taken)
    assert pauses == [PAUSE, PAUSE]
    assert len(stub.posted) == 1


def test_rate_limit_that_stays_waits(stub: NotifyStub, send_letter: Send) -> None:
    stub.script += [(429, "RateLimitError")] * PAUSES
    assert send_letter() == Later("GOV.UK Notify takes no more letters in this minute.", stop=True)


@pytest.mark.parametrize(("act", "taken"), [("hang", 1), ("break", 1), ("lost", 0)])
def test_no_answer_is_unclear_taken_or_not(stub: NotifyStub, send_email: Send, act: str, taken: int) -> None:
    stub.script.append(act)
    assert isinstance(send_email(), Unclear)
    assert len(stub.posted) == taken


def test_line_that_was_never_there_took_nothing(outgoing: SetLetter, throttle: Throttle) -> None:
    away = NotifyApi(KEY, "http://127.0.0.1:1", timeout=0.15)
    answer = NotifyEmail(away, throttle, TEMPLATE).carry(outgoing())
    assert isinstance(answer, Later)
    assert answer.stop


def test_letter_is_found_by_its_reference(api: NotifyApi, stub: NotifyStub, send_email: Send) -> None:
    assert api.find(REFERENCE) is None
    send_email()
    found = api.find(REFERENCE)
    assert found is not None
    assert (found.provider_id, found.word) == (stub.posted[0]["id"], "created")
    assert api.status(found.provider_id) == found


@pytest.mark.parametrize(("status", "fate"), FATES.items())
def test_status_has_its_meaning(api: NotifyApi, stub: NotifyStub, send_email: Send, status: str, fate: Fate) -> None:
    send_email()
    stub.becomes(REFERENCE, status)
    assert api.status(stub.posted[0]["id"]).fate is fate


def test_second_attempt_has_a_reference_of_its_own(
    api: NotifyApi, stub: NotifyStub, outgoing: SetLetter, throttle: Throttle
) -> None:
    NotifyEmail(api, throttle, TEMPLATE).carry(replace(outgoing(), attempt=2))
    assert stub.references == [REFERENCE.replace("/1", "/2")]


def test_wrong_key_is_told_before_any_letter(stub: NotifyStub, throttle: Throttle) -> None:
    stranger = NotifyApi(f"x-{SERVICE}-{SERVICE}", stub.url)
    with pytest.raises(ChannelDown, match=r"403.*Nothing was handed to it"), NotifyLetter(stranger, throttle).opened():
        pytest.fail("the key is wrong")
    assert SERVICE not in repr(stranger)


@pytest.mark.parametrize(
    ("template", "body", "why"), [("x", "((body))", "404"), (TEMPLATE, "Dear", r"no \(\(body\)\)")]
)
def test_template_is_looked_at_before_any_letter(
    api: NotifyApi, stub: NotifyStub, throttle: Throttle, template: str, body: str, why: str
) -> None:
    stub.body_of_template = body
    with pytest.raises(ChannelDown, match=why), NotifyEmail(api, throttle, template).opened():
        pytest.fail("the template is wrong")


def test_open_channel_takes_letters(api: NotifyApi, outgoing: SetLetter, throttle: Throttle) -> None:
    for way in (NotifyEmail(api, throttle, TEMPLATE), NotifyLetter(api, throttle)):
        with way.opened():
            assert way.objection(outgoing()) == ""
