"""The six documents shipped with Xinglin: all load, nothing is missing, nothing stands twice."""

from collections import Counter

import pytest

from xinglin.base.places import load_divisions
from xinglin.policy import PolicyLibrary, UnknownEntry, load_documents, load_rows
from xinglin.policy.loader import DOCUMENTS

# targets, tasks, duties per document
COUNTS = {
    "national": (23, 0, 0),
    "inner_mongolia": (70, 25, 8),
    "jiangsu": (80, 23, 8),
    "jilin_city": (29, 54, 0),
    "linzi": (25, 54, 0),
    "lianzhou": (33, 21, 8),
}


@pytest.mark.parametrize("name", COUNTS)
def test_document_holds_everything(library: PolicyLibrary, name: str) -> None:
    document = library.document(name)
    assert (len(document.targets), len(document.tasks), len(document.duties)) == COUNTS[name]


def test_every_file_is_counted_here() -> None:
    assert {path.stem for path in DOCUMENTS.glob("*.yaml")} == set(COUNTS)


def test_documents_stand_from_the_nation_downwards(library: PolicyLibrary) -> None:
    assert [document.place for document in library.documents] == ["0", "15", "32", "2202", "441882", "370305"]


def test_totals_and_prefixes(library: PolicyLibrary) -> None:
    targets = Counter(target.id.split("-")[0] for target in library.targets())
    tasks = Counter(task.id.split("-")[0] for task in library.tasks())
    assert targets == {"JS": 103, "LZ": 33, "ZL": 25, "NM": 70, "JL": 29}
    assert tasks == {"JS": 23, "LZ": 21, "ZL": 54, "NM": 25, "JL": 54}
    assert tasks.total() == 177


def test_ids_are_unique_and_gapless(library: PolicyLibrary) -> None:
    for entries in (library.targets(), library.tasks()):
        ids = [entry.id for entry in entries]
        assert len(ids) == len(set(ids))
        serials: dict[str, set[int]] = {}
        for name in ids:
            prefix, serial = name.split("-")
            serials.setdefault(prefix, set()).add(int(serial[1:]))
        assert all(found == set(range(1, len(found) + 1)) for found in serials.values())


def test_places_exist_under_the_names_the_titles_use(library: PolicyLibrary) -> None:
    names = {
        document.id: load_divisions(document.place[:2]).get(document.place).name
        for document in library.documents
        if document.place != "0"
    }
    assert names == {
        "inner_mongolia": "内蒙古自治区",
        "jiangsu": "江苏省",
        "jilin_city": "吉林市",
        "linzi": "临淄区",
        "lianzhou": "连州市",
    }


def test_wanted_is_counted_and_listed(library: PolicyLibrary) -> None:
    wanted = library.wanted()
    assert (len(wanted), sum(len(item.targets) for item in wanted)) == (5, 5)
    assert wanted[0].row.id == "platform_phc_coverage_rate"
    assert [target.id for target in wanted[0].targets] == ["LZ-t22"]
    assert all(target.is_wanted for item in wanted for target in item.targets)


def test_targets_are_found_with_their_document(library: PolicyLibrary) -> None:
    found = library.bound("JS-t34")
    assert (found.document.id, found.target.value, found.target.threshold) == ("jiangsu", 30, 50)
    with pytest.raises(UnknownEntry, match="没有“JS-t999”这个目标"):
        library.bound("JS-t999")
    with pytest.raises(UnknownEntry, match="没有“guangdong”这份文件，现有：national、inner_mongolia"):
        library.document("guangdong")


def test_rows_of_the_cross_walk() -> None:
    rows = load_rows()
    assert len(rows) == 99
    assert all(row.id == name and 0 < len(row.name) <= 30 and row.unit for name, row in rows.items())
    assert len({row.name for row in rows.values()}) == 99


def test_every_measure_and_parameter_exists_in_the_real_book() -> None:
    from xinglin.measures import load_measures

    assert load_documents(load_measures()).documents
