"""Files sent with a form: what they are, whose they are, when they go. 附件测试。"""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.kernel.base import clock
from yiwang.kernel.base.errors import InvalidInput, NotFound, TooMany
from yiwang.kernel.files import services as files
from yiwang.kernel.files.models import FileRow, ResourceKey
from yiwang.kernel.files.services import uploads as stored_uploads
from yiwang.kernel.files.tests.samples import JPEG, PNG, sent, zipped
from yiwang.kernel.records import services
from yiwang.kernel.records.services import uploads

from .intake import INTAKE
from .shops import make_town

VISIT = "intake.visit"


@pytest.fixture
def town(db):
    return make_town(INTAKE)


def keep(town, who="eng", name="门头.png", content=PNG, key="photos"):
    return services.keep_upload(town.desk(who), VISIT, key, sent(name, content))


def visit(town, who="eng", **values):
    given = {"name": "老王面馆", "kind": "shop", **values}
    return services.create_record(town.desk(who), VISIT, given)


# What a field takes.


def test_what_a_field_takes_is_kept_encrypted_under_a_key_of_its_own(town):
    kept = keep(town)

    assert kept == {"id": kept["id"], "name": "门头.png", "type": "image/png", "size": len(PNG)}
    with files.open_file(kept["id"]) as content:
        assert content.read() == PNG
    assert keep(town)["id"] != kept["id"]
    assert len(set(FileRow.objects.values_list("key", flat=True))) == 2


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("门头.png", b"", "files.upload.empty"),
        ("门头.png", PNG + b"\0" * (1 << 20), "files.upload.large"),
        ("门头.png", b"<html></html>", "files.upload.type"),
        ("门头.png", zipped("word/document.xml"), "files.upload.type"),
        ("门头.png", b"MZ\0\0", "files.upload.type"),
    ],
)
def test_what_a_field_does_not_take_is_refused_by_name_and_reason(town, name, content, code):
    with pytest.raises(InvalidInput) as refused:
        keep(town, name=name, content=content)

    assert refused.value.code == code
    assert refused.value.extra["name"] == name
    assert not FileRow.objects.exists()


def test_only_a_field_of_files_that_one_may_fill_in_takes_any(town):
    with pytest.raises(NotFound):
        keep(town, key="note")
    with pytest.raises(NotFound):
        keep(town, key="unknown")
    with pytest.raises(NotFound):
        services.keep_upload(town.desk("mayor"), VISIT, "photos", sent("a.png", PNG))


def test_nobody_fills_the_disk_with_what_nothing_needs(town, monkeypatch):
    monkeypatch.setattr(stored_uploads, "WAITING_AT_MOST", 2)
    keep(town)
    keep(town)

    with pytest.raises(TooMany):
        keep(town)
    assert keep(town, "east")


# Whose a file is.


def test_a_record_takes_the_files_it_names_and_names_them_truthfully(town):
    kept = keep(town)

    made = visit(
        town, photos=[{**kept, "name": "另一个.pdf", "type": "application/pdf", "size": 1}]
    )

    assert made.values["photos"] == [kept]
    assert FileRow.objects.get().owner_id == made.id


def test_a_file_of_somebody_else_cannot_be_taken(town):
    theirs = keep(town, "east")

    with pytest.raises(InvalidInput, match="only be taken"):
        visit(town, photos=[theirs])
    assert FileRow.objects.get().owner_id == town.people["east"].id


def test_a_file_of_another_record_cannot_be_taken(town):
    kept = keep(town)
    visit(town, photos=[kept])

    with pytest.raises(InvalidInput, match="only be taken"):
        visit(town, photos=[kept])


def test_a_file_sent_for_another_field_cannot_be_taken(town):
    kept = keep(town)
    FileRow.objects.update(owner_label=f"{VISIT}.other image/png")

    with pytest.raises(InvalidInput, match="only be taken"):
        visit(town, photos=[kept])


def test_a_record_keeps_and_changes_its_files(town):
    first, second = keep(town), keep(town, name="b.jpg", content=JPEG)
    made = visit(town, photos=[first])
    desk = town.desk("eng")

    changed = services.update_record(
        desk, VISIT, made.id, {"photos": [first, second]}, rev=made.rev
    )
    fewer = services.update_record(desk, VISIT, made.id, {"photos": [second]}, rev=changed.rev)
    again = services.update_record(desk, VISIT, made.id, {"photos": [first]}, rev=fewer.rev)

    assert changed.values["photos"] == [first, second]
    assert again.values["photos"] == [first]


def test_nothing_is_taken_by_what_was_refused(town):
    kept = keep(town)

    with pytest.raises(InvalidInput):
        visit(town, photos=[kept, {**kept, "id": "local2:01ARZ3NDEKTSV4RRFFQ69G5FAV"}])
    assert FileRow.objects.get().owner_type == uploads.WAITING


# When a file goes.


def test_what_nobody_hands_in_is_destroyed_after_two_days_unless_a_draft_names_it(
    town, monkeypatch
):
    left, drafted, taken = keep(town), keep(town), keep(town)
    visit(town, photos=[taken])
    services.save_draft(town.desk("eng"), VISIT, "intake.visit", {"photos": [drafted]})

    assert uploads.sweep_uploads() == 0
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(stored_uploads, "now", lambda: later)

    assert uploads.sweep_uploads() == 1
    assert set(FileRow.objects.values_list("id", flat=True)) == {drafted["id"], taken["id"]}
    assert ResourceKey.objects.filter(destroyed_at=None).count() == 2
    with pytest.raises(NotFound):
        files.get_file(left["id"])
