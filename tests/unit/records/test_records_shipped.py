"""All definitions that come with the program: one walk over each, and over the mission they serve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from record_making import book_of, load

from xinglin.apps.access.table import access_table
from xinglin.base.errors import DefinitionError
from xinglin.measures import load_measures
from xinglin.records import Book, Definition, check, load_definitions
from xinglin.records.definition import MEANS
from xinglin.records.fields import FieldType
from xinglin.records.loading import SHIPPED
from xinglin.records.mission import BY, Group, Mission, load_mission
from xinglin.records.questionnaire import FULL
from xinglin.records.samples import GIVEN, made_up, sample_answers, walk
from xinglin.records.soundness import roles_of
from xinglin.records.validation import Anything, document, values_of

ROOMS = Path(__file__).parents[3] / "src" / "xinglin"
SYSTEMS = Path(__file__).parents[4] / "shared" / "systems.md"
FILES = sorted(SHIPPED.glob("*/*.yaml"))


@pytest.fixture(scope="module")
def book() -> Book:
    return load_definitions()


def each() -> Iterator[object]:
    for path in FILES:
        yield pytest.param(path.stem, id=f"{path.parent.name}/{path.stem}")


def test_every_file_is_loaded_once(book: Book) -> None:
    assert sorted(one.id for one in book) == sorted(path.stem for path in FILES)
    assert len({path.stem for path in FILES}) == len(FILES)


def test_every_folder_is_a_topic_with_a_name(book: Book) -> None:
    assert {path.parent.name for path in FILES} <= set(book.topics)
    assert all(topic.label != name for name, topic in book.topics.items())
    groups = [group for topic in book.topics.values() for group in topic.groups]
    assert groups == list(load_mission().groups)


def test_no_two_in_a_topic_have_the_same_label(book: Book) -> None:
    labels = [(one.topic, one.label) for one in book]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("name", list(each()))
def test_a_definition(book: Book, name: str) -> None:
    one = book[name]
    assert roles_of(one) <= set(access_table().roles)
    assert one.serves
    assert set(one.serves) <= set(load_mission().rows)
    assert one.sources
    for key, field in one.fields.items():
        assert field.label.strip(), key
        assert field.personal is not None, key
        if field.required and field.computed is None and field.type not in GIVEN:
            assert field.sample is not None, key


@pytest.mark.parametrize("name", list(each()))
def test_a_sample_of_a_definition_can_be_filled_saved_and_moved_to_an_end(book: Book, name: str) -> None:
    one = book[name]
    found = check(one, made_up(one), Anything())
    assert not found.errors
    assert values_of(one, document(one, found.values)) == {f: found.values.get(f) for f in one.fields}
    if one.states:
        moves = walk(one, found.values)
        assert moves, "no way from the start to an end with the sample"
    for feed in one.facts:
        more = {"id": "r", "place": "441882", "facility": "f", "state": next(iter(feed.states), one.start)}
        for row in feed.rows({**more, **found.values, "score": 1, "reached": True, "result": "passed"}):
            assert set(row) == set(feed.columns)


def test_best_answers_of_surveys_can_be_scored(book: Book) -> None:
    for one in book:
        if one.survey is not None:
            answers = sample_answers(one.survey)
            assert set(answers) <= set(one.survey.asked(answers)), one.id
            score = one.survey.score(answers)
            assert (score is None) is not any(q.most for q in one.survey.questions.values()), one.id
            assert score is None or 0 <= score <= FULL, one.id


def test_no_personal_field_stands_in_the_clear(book: Book) -> None:
    for one in book:
        secret = {name for name, field in one.fields.items() if field.is_personal}
        assert not secret & set(one.indexed), one.id
        assert not secret & set(one.title), one.id
        fed = {source.field for feed in one.facts for source in feed.columns.values()}
        assert not secret & fed, one.id


def test_files_and_persons_are_never_listed(book: Book) -> None:
    hidden = (FieldType.FILE, FieldType.PERSON)
    assert not [(o.id, n) for o in book for n in o.list if n in o.fields and o.fields[n].type in hidden]


# -- the mission --------------------------------------------------------------------------------------------


def test_every_row_has_a_short_title_of_its_own() -> None:
    rows = load_mission().rows
    assert [f"S{number:03d}" for number in range(1, 282)] == list(rows)
    assert not [name for name, row in rows.items() if not 1 <= len(row.title) <= 20]
    assert len({row.title for row in rows.values()}) == len(rows)
    assert tuple(BY) == MEANS


@pytest.mark.shared
def test_the_rows_are_those_of_the_five_documents() -> None:
    if not SYSTEMS.exists():
        pytest.skip("没有 ../shared")
    found: dict[str, list[str]] = {}
    for line in SYSTEMS.read_text(encoding="utf-8").splitlines():
        if group := re.match(r"## ([A-P])\. ", line):
            found[group[1]] = []
        elif row := re.match(r"\| (S\d{3}) \|", line):
            next(reversed(found.values())).append(row[1])
    assert found == {name: list(group.rows) for name, group in load_mission().groups.items()}


def test_what_is_said_to_serve_a_row_exists() -> None:
    measures = load_measures().definitions
    for name, row in load_mission().rows.items():
        if row.app is not None:
            homes = [ROOMS / "apps" / row.app, ROOMS / row.app]
            assert any((home / "__init__.py").exists() for home in homes), name
        assert set(row.measures) <= set(measures), name
        assert not row.measures or "report" in row.by, name


def test_claims_of_the_definitions_hold(book: Book) -> None:
    assert list(load_mission().faults(book)) == []


def test_a_row_that_does_not_exist_is_told(tmp_path: Path) -> None:
    claiming = load(tmp_path, "register", {"serves": {"S999": ["fact"], "S232": ["fact"]}})
    assert list(load_mission().faults(book_of(claiming))) == ["culture/thing：serves：没有“S999”这一行"]


def test_a_definition_that_claims_none_is_told(tmp_path: Path) -> None:
    idle = load(tmp_path, "register", {"serves": {}})
    assert list(load_mission().faults(book_of(idle))) == ["culture/thing：serves 是空的，请写明服务于哪一行"]


def test_a_row_served_by_both_is_shown_once(tmp_path: Path) -> None:
    claiming = load(tmp_path, "case", {"serves": {"S063": ["transition"]}})
    rows = load_mission().served(book_of(claiming))
    (row,) = [row for row in rows if row.id == "S063"]
    assert (row.by, row.row.app, [one.id for one, _ in row.definitions]) == (
        ("transition", "fact", "report"),
        "organisations",
        ["thing"],
    )
    assert len(rows) == 281


def test_a_row_that_nothing_serves_is_said_to_be_so() -> None:
    rows = {row.id: row for row in load_mission().served(book_of())}
    assert not rows["S020"].is_served
    assert rows["S020"].by == ()


BAD_ROWS = [
    ({"title": "某", "app": "organisations"}, "app、by 和 words（或 measures）要同时写"),
    ({"title": "某", "by": ["fact"], "words": "某"}, "app、by 和 words（或 measures）要同时写"),
    ({"title": "某", "words": "某"}, "app、by 和 words（或 measures）要同时写"),
]


@pytest.mark.parametrize(("row", "words"), BAD_ROWS)
def test_half_a_row_is_refused(row: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Group.model_validate({"label": "组", "rows": {"S001": row}})


def test_a_row_in_two_groups_is_refused() -> None:
    group = Group.model_validate({"label": "组", "rows": {"S001": "某"}})
    with pytest.raises(DefinitionError, match="S001 写了两次"):
        Mission({"A": group, "B": group})


def test_definitions_are_told_apart(book: Book) -> None:
    one: Definition = next(iter(book))
    assert one.id in book
    assert "nothing" not in book
    assert len(book) == len(list(book))
