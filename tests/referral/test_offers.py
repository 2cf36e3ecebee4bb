"""What the answers of those who must say yes come to, and the record of the offer."""

import pytest

from engine.domain import offers, people
from engine.domain.offers import AGREED, ASK_AGAIN, CANNOT, DISAGREE, NO, NOT_MET, REFUSED, THINKING


@pytest.mark.parametrize(
    ("own", "said", "exhausted", "result"),
    [
        ("ja", {"ung": "ja"}, set(), AGREED),
        ("ja", {"ung": "ja", "mor": "ja_delvist"}, set(), AGREED),
        ("ja", {"ung": "ja", "mor": NO}, set(), DISAGREE),
        (NO, {"ung": NO, "mor": "ja"}, set(), REFUSED),
        (NO, {"ung": NO, "mor": None}, set(), REFUSED),
        ("ja", {"ung": "ja", "mor": None}, set(), ASK_AGAIN),
        ("ja", {"ung": "ja", "mor": THINKING}, set(), THINKING),
        ("ja", {"ung": "ja", "mor": NOT_MET}, set(), ASK_AGAIN),
        ("ja", {"ung": "ja", "mor": NOT_MET}, {"mor"}, NOT_MET),
        (None, {"mor": NO, "far": NO}, set(), REFUSED),
        (None, {"mor": "ja", "far": NO}, set(), DISAGREE),
        (CANNOT, {"voksen": CANNOT}, set(), CANNOT),
    ],
)
def test_what_the_answers_come_to(own, said, exhausted, result):
    assert offers.weigh(own, said, exhausted) == result


def test_an_offer_leaves_a_record_with_date_and_answer(session, case, virtual_clock):
    offer = offers.begin(session, case, activity_ready=True)
    assert not offer.same_day
    virtual_clock.advance(hours=3)
    offer.offered_at = virtual_clock.now()
    assert offer.same_day
    offers.settle(offer, AGREED)
    assert (offer.answer, offer.answered_at) == (AGREED, virtual_clock.now())


def test_an_offer_on_the_next_day_is_not_at_once(session, case, virtual_clock):
    offer = offers.begin(session, case, activity_ready=True)
    virtual_clock.advance(hours=15)
    offer.offered_at = virtual_clock.now()
    assert not offer.same_day


def test_an_offer_that_waits_is_not_made_twice(session, case):
    first = offers.begin(session, case, activity_ready=False)
    assert offers.begin(session, case, activity_ready=False) is first
    offers.settle(first, REFUSED)
    assert offers.begin(session, case, activity_ready=False) is not first


def test_the_same_person_answers_once_for_each_member_of_a_family(session, case, mads):
    offer = offers.begin(session, case, activity_ready=False)
    mother = people.register(session, "Mona Prøvesen")
    taken: set[str] = set()
    own = offers.ask(session, offer, mother, mother, "borger", taken)
    for_mads = offers.ask(session, offer, mads, mother, "foraelder_1", taken)
    assert own.item == mother.id
    assert for_mads.item == f"{mother.id}/{mads.id}"
    for_mads.answer = "ja"
    given = offers.answers(session, offer)
    assert offers.latest(given, mads.id, mother.id) == "ja"
    assert offers.latest(given, mother.id, mother.id) is None


def test_only_vain_attempts_count(session, case, mads):
    offer = offers.begin(session, case, activity_ready=False)
    for answer in (NOT_MET, THINKING, NOT_MET):
        offers.ask(session, offer, mads, mads, "borger", set()).answer = answer
    assert offers.attempts(offers.answers(session, offer), mads.id) == 2
    assert offers.attempts_wanted(session) == 2
