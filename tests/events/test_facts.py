"""Facts of every JSON kind come back from both engines as they were digested."""

from hypothesis import given
from hypothesis import strategies as st

from portal.events.log import Kind, record
from portal.events.verifying import verify_chain
from portal.foundation.db import reading, transaction
from portal.wiring import Portal
from tests.laws import examples
from tests.people import NOON

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)


@examples(30)
@given(value=_VALUES)
def test_whatever_is_told_is_verified(portal: Portal, value: object) -> None:
    with transaction(portal.engine) as session:
        record(session, Kind.DRAFT_EDITED, at=NOON, actor="test", dataset="ideen", value=value)

    with reading(portal.engine) as session:
        assert verify_chain(session).broken is None
