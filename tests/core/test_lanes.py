"""Which CPU slot stands for a step."""

from hypothesis import given
from hypothesis import strategies as st

from hookflow.core.lanes import Stay, lanes

STAYS = st.lists(
    st.builds(
        lambda start, length, cpus: (float(start), float(start + length), cpus),
        st.integers(0, 20),
        st.integers(0, 9),
        st.integers(1, 4),
    ),
    max_size=12,
).map(lambda drawn: [Stay(f"s{place}", *times) for place, times in enumerate(drawn)])


def test_the_lowest_free_slot_is_taken() -> None:
    """One that becomes free at the very moment too."""
    found = lanes([Stay("a", 0, 2), Stay("b", 0, 1), Stay("c", 1, 3), Stay("d", 2, 3)], jobs=2)
    assert found == {"b": (0,), "a": (1,), "c": (0,), "d": (1,)}


def test_a_step_on_several_cpus_takes_as_many_slots() -> None:
    """At most all of them."""
    assert lanes([Stay("a", 0, 1, 9)], jobs=3) == {"a": (0, 1, 2)}
    assert lanes([Stay("a", 0, 2), Stay("b", 0, 2, 2), Stay("c", 2, 3, 2)], jobs=3) == {
        "a": (0,),
        "b": (1, 2),
        "c": (0, 1),
    }


@given(STAYS, st.integers(1, 4))
def test_no_slot_is_held_twice_at_a_time(stays: list[Stay], jobs: int) -> None:
    """Whatever ran when; everybody has what was asked for."""
    found = lanes(stays, jobs)
    for first in stays:
        assert len(set(found[first.name])) == min(first.cpus, jobs)
        for second in stays:
            if first is not second and set(found[first.name]) & set(found[second.name]):
                assert first.end <= second.start or second.end <= first.start
