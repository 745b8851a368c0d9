"""The chain of evidence: whatever is done to it afterwards shows."""

from dataclasses import fields, replace

from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.aftersales_service.policy import dossier
from odoo.addons.aftersales_service.policy.dossier import Paper

text = st.text(max_size=8)
papers = st.lists(
    st.builds(Paper, kind=st.sampled_from(["file", "message"]), source=text, sha256=text, told=text, at=text),
    min_size=1,
    max_size=8,
)


def check(links, whole):
    return dossier.faults(links, dossier.head_of(whole), len(whole))


@given(papers)
def test_a_chain_that_nobody_touched_is_whole(rows):
    links = dossier.extend(rows)
    assert check(links, links) == ()


@given(papers, papers)
def test_a_chain_grows_without_a_seam(first, second):
    whole = dossier.extend(first + second)
    begun = dossier.extend(first)
    assert begun + dossier.extend(second, dossier.head_of(begun), len(begun)) == whole


@given(papers, st.data())
def test_any_change_of_any_value_is_found_where_it_was_made(rows, data):
    """Content, author, moment, number, even the hash itself."""
    links = dossier.extend(rows)
    place = data.draw(st.integers(0, len(links) - 1))
    name = data.draw(st.sampled_from([field.name for field in fields(dossier.Link)]))
    value = data.draw(st.integers(0, 99) if name == "number" else text)
    assume(value != getattr(links[place], name))
    changed = [*links[:place], replace(links[place], **{name: value}), *links[place + 1 :]]
    found = check(changed, links)
    assert found
    if name != "number":
        assert found[0][0] == place + 1


@given(papers, st.data())
def test_any_removal_is_found_also_of_the_last_ones(rows, data):
    links = dossier.extend(rows)
    gone = data.draw(st.sets(st.integers(0, len(links) - 1), min_size=1))
    assert check([row for place, row in enumerate(links) if place not in gone], links)


@given(papers, st.data())
def test_any_other_order_is_found(rows, data):
    links = dossier.extend(rows)
    shuffled = data.draw(st.permutations(links))
    assume(shuffled != links)
    assert check(shuffled, links)


@given(papers, papers)
def test_something_slipped_in_is_found(rows, more):
    links = dossier.extend(rows)
    assert check(dossier.extend(rows + more), links)


def test_a_chain_written_anew_differs_from_the_head_that_was_handed_out():
    """Who recomputes everything cannot recompute what is printed on the customer's dossier."""
    links = dossier.extend([Paper("file", "f,1", "aa", "t", "now"), Paper("file", "f,2", "bb", "t", "now")])
    forged = dossier.extend([Paper("file", "f,1", "cc", "t", "now"), Paper("file", "f,2", "bb", "t", "now")])
    assert check(forged, forged) == ()
    assert check(forged, links) == ((2, dossier.CUT),)


def test_each_paper_is_held_against_what_lies_there_now():
    """What was erased with a person's data is no forgery, what is merely gone is one."""
    links = dossier.extend([Paper("file", f"f,{n}", "aa", "t", "now") for n in range(4)])
    found = dossier.statuses(links, {"f,0": "aa", "f,1": "bb"}, erased={"f,3"})
    assert found == {"f,0": "same", "f,1": "changed", "f,2": "missing", "f,3": "erased"}
    assert dossier.verdict_of(links, (), found) == dossier.BROKEN
    assert dossier.verdict_of(links, (), {"f,0": "same", "f,3": "erased"}) == dossier.INTACT
    assert dossier.verdict_of(links, ((1, "altered"),), {"f,0": "same"}) == dossier.BROKEN
    assert dossier.verdict_of([], (), {}) == dossier.EMPTY


def test_author_and_title_count_although_only_their_hash_is_chained():
    """PRIV-07: who claims another author is found; without the salt nobody can guess him."""
    told = dossier.told_of("photo.jpg", "Li Ming", "salt")
    assert told != dossier.told_of("photo.jpg", "Wang Fang", "salt")
    assert told != dossier.told_of("photo.jpg", "Li Ming", "other")
