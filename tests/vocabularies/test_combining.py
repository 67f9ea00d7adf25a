"""Which licences go together: the rules, their laws, and cases whose answer is known from the licences' own texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.errors import InvalidInput
from portal.vocabularies.combining import MAX_LICENCES, Verdict, combine, verdicts
from portal.vocabularies.licences import licence, licences
from portal.vocabularies.tables import read_table

CODES = st.sampled_from(list(licences()))
WORST = [Verdict.YES, Verdict.UNCLEAR, Verdict.NO]

KNOWN = {
    ("dl-zero-de/2.0", "cc-zero"): ("yes", "dl-zero-de/2.0"),
    ("dl-by-de/2.0", "cc-by/4.0"): ("yes", "dl-by-de/2.0"),
    ("dl-zero-de/2.0", "dl-by-de/2.0"): ("yes", "dl-by-de/2.0"),
    ("cc-by/4.0", "cc-by-sa/4.0"): ("yes", "cc-by-sa/4.0"),
    ("cc-by-sa-de/3.0", "cc-by-sa/4.0"): ("yes", "cc-by-sa/4.0"),
    ("cc-by-sa/4.0", "gpl/3.0"): ("yes", "gpl/3.0"),
    ("cc-by-nc/4.0", "dl-by-de/2.0"): ("yes", "cc-by-nc/4.0"),
    ("odcpddl", "odbl"): ("yes", "odbl"),
    ("odby", "odbl"): ("yes", "odbl"),
    ("cc-by/4.0", "odbl"): ("unclear", "odbl"),
    ("dl-by-de/2.0", "odbl"): ("unclear", "odbl"),
    ("other-open", "cc-by/4.0"): ("unclear", "cc-by/4.0"),
    ("cc-by-sa/4.0", "odbl"): ("no", None),
    ("cc-by-sa/4.0", "cc-by-nc/4.0"): ("no", None),
    ("cc-by-nd/4.0", "cc-zero"): ("no", None),
    ("cc-by-nd/4.0", "cc-by-nd/4.0"): ("no", None),
    ("gfdl", "cc-by-sa/4.0"): ("no", None),
    ("gpl/3.0", "odbl"): ("no", None),
    ("other-closed", "cc-zero"): ("no", None),
}
"""Two licences ↔ the answer and the first licence for the result."""


@pytest.mark.parametrize(("pair", "expected"), KNOWN.items(), ids=lambda one: "+".join(map(str, one)))
def test_known_pairs_are_answered_as_their_texts_say(pair, expected):
    found = combine([licence(code) for code in pair])

    assert (found.answer, next((one.code for one in found.suggested), None)) == expected


@given(CODES, CODES)
def test_every_pair_has_an_answer_that_does_not_depend_on_the_order(one, other):
    there = combine([licence(one), licence(other)])
    back = combine([licence(other), licence(one)])

    assert there.answer == back.answer
    assert there.suggested == back.suggested
    assert there.also_possible == back.also_possible
    assert {reason.sentence for reason in there.reasons} == {reason.sentence for reason in back.reasons}
    assert all(reason.sentence.de and reason.sentence.en for reason in there.reasons)


@given(st.lists(CODES, min_size=1, max_size=4), st.lists(CODES, min_size=1, max_size=4))
def test_combining_in_two_steps_says_the_same_as_combining_at_once(some, others):
    first, second = verdicts(map(licence, some)), verdicts(map(licence, others))

    stepwise = {code: max(first[code], second[code], key=WORST.index) for code in first}

    assert stepwise == verdicts([licence(code) for code in some + others])


@given(CODES, CODES, CODES)
def test_another_part_never_makes_more_possible(one, other, third):
    few = combine([licence(one), licence(other)])
    more = combine([licence(one), licence(other), licence(third)])

    assert WORST.index(more.answer) >= WORST.index(few.answer)


@given(CODES)
def test_a_licence_goes_with_itself_or_says_why_not(code):
    alone, twice = combine([licence(code)]), combine([licence(code), licence(code)])

    assert alone == twice
    assert alone.answer is Verdict.YES or not licence(code).open or licence(code).kind == "other"


@given(st.lists(CODES, min_size=1, max_size=5))
def test_no_condition_of_a_part_is_lost_in_what_is_suggested(codes):
    parts = [licence(code) for code in codes]

    for result in combine(parts).suggested:
        assert result.attribution or not any(part.attribution for part in parts)
        assert result.non_commercial or not any(part.non_commercial for part in parts)
        assert not any(part.no_derivatives for part in parts)


def test_three_that_shut_each_other_out_only_together_say_so():
    found = combine([licence(code) for code in ("cc-by-sa/4.0", "mozilla", "odbl")])

    assert found.answer is Verdict.NO
    assert [reason.licences for reason in found.reasons if len(reason.licences) == 2] == [
        ("cc-by-sa/4.0", "odbl"),
        ("mozilla", "odbl"),
    ]


def test_old_spellings_are_read_as_their_successors():
    found = combine([licence("od-bl"), licence("http://dcat-ap.de/def/licenses/dl-zero-de/2_0")])

    assert [one.code for one in found.parts] == ["odbl", "dl-zero-de/2.0"]


@pytest.mark.parametrize("number", [0, MAX_LICENCES + 1])
def test_nothing_and_too_much_are_refused(number):
    with pytest.raises(InvalidInput):
        combine([licence("cc-zero")] * number)


def test_every_exception_names_known_licences_and_its_source():
    for row in read_table("licence-adaptations"):
        assert {row["licence"], row["result"]} <= set(licences())
        assert row["source"].startswith("http")
        assert row["note_de"]
        assert row["note_en"]
