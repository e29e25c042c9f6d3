"""Places that are taken stay taken, wherever the node goes. 时段计数随节点迁移。"""

import json

import pytest

from .conftest import Node
from .test_care import empty

pytestmark = pytest.mark.deep

BOOK = """
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.records.tests.halls import BOOKING, DAY, HALL, HALLS
identity.create_organization(SYSTEM, code='D01', name='市商务局', kind='department')
records.publish_bundle(identity.installer_actor(), HALLS)
desk = records.system_desk()
hall = records.create_record(desk, HALL, {'name': '一号厅', 'places': 3}).id
for begins, ends, people in (('09:00', '10:00', 2), ('09:30', '10:30', 1), ('14:00', '15:00', 3)):
    values = {'what': '例会', 'hall': hall, 'day': DAY, 'begins': begins, 'ends': ends, 'people': people}
    last = records.create_record(desk, BOOKING, values)
records.update_record(desk, BOOKING, last.id, {'begins': '14:30'}, rev=last.rev)
"""
LOOK = """
import json
from yiwang.kernel.records import services as records
from yiwang.kernel.records.services.slots.recounting import count_claims, read_standing
from yiwang.kernel.records.tests.halls import BOOKING
entity = records.snapshot().entities[BOOKING]
standing = {key: taken for key, taken in read_standing(entity).items() if taken}
assert standing == dict(count_claims(entity)), (standing, count_claims(entity))
print(json.dumps(sorted([since, taken] for (_, _, since), taken in standing.items())))
"""
BOOK_MORE = """
from yiwang.kernel.records import services as records
from yiwang.kernel.records.tests.halls import BOOKING, DAY, HALL
from yiwang.kernel.records.types import InvalidValues, Wanted
desk = records.system_desk()
(hall,) = records.list_records(desk, HALL, Wanted()).records
values = {'what': '加开', 'hall': hall.id, 'day': DAY, 'begins': '16:00', 'ends': '16:30', 'people': 3}
records.create_record(desk, BOOKING, values)
for begins, ends in (('16:00', '16:30'), ('09:30', '10:00')):
    try:
        records.create_record(desk, BOOKING, {**values, 'begins': begins, 'ends': ends, 'people': 1})
    except InvalidValues:
        print('full')
"""
TAKEN = [[540, 2], [570, 3], [600, 1], [870, 3]]


def look(node):
    """Taken places by minute of the day, once counters and bookings are held to be equal."""
    return json.loads(node.python(LOOK))


def test_a_restored_node_counts_its_bookings_and_books_on(node, tmp_path):
    node.python(BOOK)
    assert look(node) == TAKEN
    node.run("backup", tmp_path / "node.tar")

    restored = Node(tmp_path / "restored")
    restored.run("restore", tmp_path / "node.tar", "--home", restored.home)
    restored.run("upgrade")

    assert look(restored) == TAKEN
    assert restored.python(BOOK_MORE).split() == ["full", "full"]
    assert look(restored) == [*TAKEN, [960, 3]]


@pytest.mark.postgres
def test_a_moved_node_counts_its_bookings_and_books_on(node, empty_database, tmp_path):
    node.python(BOOK)

    node.run("move", "--to", empty_database)

    assert look(node) == TAKEN
    assert node.python(BOOK_MORE).split() == ["full", "full"]
    assert look(node) == [*TAKEN, [960, 3]]
    node.run("backup", tmp_path / "node.tar")
    empty(empty_database)
    restored = Node(tmp_path / "restored")
    target = ("--home", restored.home, "--database", empty_database)
    restored.run("restore", tmp_path / "node.tar", *target)
    assert look(restored) == [*TAKEN, [960, 3]]
