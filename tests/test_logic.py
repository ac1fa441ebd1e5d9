"""The three-valued logic: the invariants of DESIGN idea 5 as properties."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from referrals.screening import logic, operators
from referrals.screening.criteria import (
    Audience,
    Group,
    GroupKind,
    Hardness,
    Leaf,
)
from referrals.screening.fields import FIELDS, field
from referrals.screening.logic import evaluate
from referrals.screening.profile import (
    Certainty,
    Possible,
    Profile,
    Reason,
    Source,
    may_rule_out,
)
from referrals.screening.verdicts import CohortVerdict, Truth, Verdict

TODAY = date(2026, 11, 20)
AGES = [0, 17, 18, 44, 64, 65, 129]
settings.register_profile("house", max_examples=80, deadline=None, derandomize=True, database=None)
settings.load_profile("house")


# -- What anything may look like ------------------------------------------------------------------
def values_of(code):
    """Values that may be said about a field; ages from a handful, so that they meet."""
    if code == "age_years":
        return st.sampled_from(AGES)
    if code in FIELDS:
        return st.sampled_from(sorted(FIELDS[code].values))
    return st.sampled_from([0, 1, 2, 10, 12.5]) if code == "pdl1_cps" else st.booleans()


# Few fields, so that a tree and a profile meet; one of each sort: grown, firm, weak, open.
codes = st.sampled_from(["age_years", "disease_setting", "her2", "pdl1_cps", "prior_ici"])
certainties = st.sampled_from([Certainty.SURE, Certainty.SURE, *Certainty])
sources = st.sampled_from(Source)


@st.composite
def statements(draw, code, certainty=certainties, source=sources):
    return Possible(
        values=frozenset(draw(st.lists(values_of(code), min_size=1, max_size=3))),
        certainty=draw(certainty),
        source=draw(source),
        as_of=TODAY,
    )


@st.composite
def profiles(draw, certainty=certainties, source=sources, max_each=2):
    said = {}
    for code in draw(st.lists(codes, unique=True, min_size=1)):
        said[code] = tuple(
            draw(st.lists(statements(code, certainty, source), min_size=1, max_size=max_each))
        )
    return Profile(on=TODAY, said=said)


def asks_of(code):
    """Operators with a value that suits the field, now and then one that does not."""
    listed = st.tuples(st.sampled_from(["in", "not_in"]), st.lists(values_of(code), min_size=1))
    flags = st.tuples(st.sampled_from(["is_true", "is_false"]), st.none())
    limits = st.tuples(st.sampled_from(["gte", "lte"]), st.sampled_from([1, 10, 18, 64]))
    between = st.tuples(st.just("between"), st.sampled_from([[2, 10], [18, 64], [64, 18]]))
    suited = {"prior_ici": flags, "age_years": limits | between, "pdl1_cps": limits | between}
    return st.one_of(suited.get(code, listed), suited.get(code, listed), listed, flags, limits)


@st.composite
def leaves(draw):
    name = draw(codes)
    operator, value = draw(asks_of(name))
    return Leaf(
        key=f"{name}-{draw(st.integers(0, 99))}",
        field=name,
        operator=operator,
        value=value,
        exclude=draw(st.booleans()),
        audience=draw(st.sampled_from(Audience)),
        hardness=draw(st.sampled_from(Hardness)),
    )


@st.composite
def groups(draw, children):
    kind = draw(st.sampled_from(GroupKind))
    below = tuple(draw(st.lists(children, min_size=1, max_size=4)))
    if kind is GroupKind.NOT:
        return Group(kind, below[:1])
    minimum = draw(st.integers(1, len(below))) if kind is GroupKind.AT_LEAST else None
    return Group(kind, below, minimum)


trees = st.recursive(leaves(), groups, max_leaves=12)


def root(tree, profile):
    """The truth of a whole tree, read where the verdict is made."""
    steps = logic.flatten(tree)
    return logic._evaluate_all(steps, profile.known).truths[0]


def shuffled(draw, tree):
    if isinstance(tree, Leaf):
        return tree
    below = [shuffled(draw, child) for child in tree.children]
    return Group(tree.kind, tuple(draw(st.permutations(below))), tree.minimum)


# -- Properties -----------------------------------------------------------------------------------
def assert_only_unknown_changed(tree, before, after):
    """Every node, the root among them, keeps its value unless it was unknown."""
    steps = logic.flatten(tree)
    old, new = (logic._evaluate_all(steps, one.known).truths for one in (before, after))
    for was, now in zip(old, new, strict=True):
        assert was is Truth.UNKNOWN or was is now


@given(trees, profiles(), st.data())
def test_narrowing_an_answer_only_turns_unknown_into_met_or_not_met(tree, profile, data):
    code = data.draw(st.sampled_from(sorted(profile.said)))
    first, *rest = profile.said[code]
    kept = data.draw(st.sets(st.sampled_from(sorted(first.values)), min_size=1))
    narrower = replace(first, values=frozenset(kept))
    after = replace(profile, said={**profile.said, code: (narrower, *rest)})
    assume(after.known(code).reason is not Reason.CONFLICT)
    assert_only_unknown_changed(tree, profile, after)


@given(trees, profiles(), codes, st.data())
def test_answering_an_open_field_only_turns_unknown_into_met_or_not_met(tree, answered, code, data):
    said_ = {one: kept for one, kept in answered.said.items() if one != code}
    profile = replace(answered, said=said_)
    assert_only_unknown_changed(tree, profile, profile.saying(code, data.draw(statements(code))))


@given(leaves(), st.data())
def test_a_contradicting_source_makes_a_line_unknown_and_says_so(line, data):
    one = data.draw(statements(line.field, st.just(Certainty.SURE)))
    other = data.draw(statements(line.field, st.just(Certainty.SURE)))
    assume(not one.values & other.values)
    profile = Profile(TODAY, {line.field: (one, other)})
    result = evaluate(line, profile).reasons[0]
    assert result.value is Truth.UNKNOWN
    assert result.reason in {Reason.CONFLICT, Reason.UNSUPPORTED}
    if operators.predicate(line.field, line.operator, line.value):
        assert result.reason is Reason.CONFLICT


@given(trees, profiles(max_each=3), st.data())
def test_the_order_of_statements_and_of_siblings_does_not_matter(tree, profile, data):
    mixed = Profile(
        TODAY,
        {
            code: tuple(data.draw(st.permutations(profile.said[code])))
            for code in data.draw(st.permutations(sorted(profile.said)))
        },
    )
    one, other = evaluate(tree, profile), evaluate(shuffled(data.draw, tree), mixed)
    assert (one.verdict, one.open_fields) == (other.verdict, other.open_fields)
    assert sorted(map(str, one.reasons)) == sorted(map(str, other.reasons))


@given(trees)
def test_a_blank_profile_rules_nothing_out_and_passes_nothing(tree):
    result = evaluate(tree, Profile(TODAY))
    assert result.verdict in {Verdict.LIKELY, Verdict.POSSIBLE}
    assert {line.value for line in result.reasons} == {Truth.UNKNOWN}
    assert root(tree, Profile(TODAY)) is Truth.UNKNOWN


@given(trees, profiles(st.sampled_from([Certainty.UNSURE, Certainty.DECLINED])))
def test_not_sure_everywhere_rules_nothing_out(tree, profile):
    assert evaluate(tree, profile).verdict in {Verdict.LIKELY, Verdict.POSSIBLE}


@given(trees, profiles(source=st.sampled_from([Source.SELF, Source.PROXY])))
def test_weak_self_report_never_rules_out(tree, profile):
    weak = {
        code: tuple(one for one in statements_ if not may_rule_out(field(code), one))
        for code, statements_ in profile.said.items()
    }
    assert evaluate(tree, Profile(TODAY, weak)).verdict not in {Verdict.UNLIKELY, Verdict.LATER}


@given(trees, profiles(), st.data())
def test_a_weak_statement_never_adds_a_no(tree, profile, data):
    code = data.draw(codes)
    weak = data.draw(statements(code, source=st.sampled_from([Source.SELF, Source.PROXY])))
    assume(not may_rule_out(field(code), weak))
    firm = Profile(
        TODAY,
        {
            name: tuple(one for one in said_ if may_rule_out(field(name), one))
            for name, said_ in profile.said.items()
        },
    )
    assume(evaluate(tree, firm).verdict is not Verdict.UNLIKELY)
    assert evaluate(tree, firm.saying(code, weak)).verdict is not Verdict.UNLIKELY


@given(trees, profiles())
def test_a_verdict_and_a_profile_survive_json_and_give_the_same_again(tree, profile):
    result = evaluate(tree, profile)
    assert CohortVerdict.from_dict(json.loads(json.dumps(result.as_dict()))) == result
    again = Profile.from_dict(json.loads(json.dumps(profile.as_dict())))
    assert evaluate(tree, again) == result


@given(trees, profiles())
def test_every_verdict_has_a_reason_that_fits_it(tree, profile):
    result = evaluate(tree, profile)
    assert result.reasons
    assert any(line.decides for line in result.reasons)
    assert any(line.blocking for line in result.reasons) is (
        result.verdict in {Verdict.UNLIKELY, Verdict.LATER}
    )
    assert bool(result.open_fields) is (result.verdict is Verdict.POSSIBLE)


@given(leaves(), st.text(max_size=8), st.data())
def test_nothing_unheard_of_ever_passes(line, operator, data):
    strange = data.draw(st.one_of(st.none(), st.text(max_size=4), st.floats(), st.lists(st.none())))
    odd = Leaf(line.key, line.field, operator, strange, exclude=line.exclude)
    profile = Profile(TODAY, {line.field: (data.draw(statements(line.field)),)})
    assume(operators.predicate(odd.field, odd.operator, odd.value) is None)
    result = evaluate(odd, profile).reasons[0]
    assert (result.value, result.reason) == (Truth.UNKNOWN, Reason.UNSUPPORTED)
