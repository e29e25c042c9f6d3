import errno
import io
import os
import time

import pytest

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.errors import NotFound, Unavailable
from yiwang.kernel.files.services import (
    Damaged,
    create_key,
    derive_key,
    destroy_key,
    find_missing,
    list_files,
    open_file,
    remove_file,
    store_file,
    sweep_files,
    write_file,
)
from yiwang.kernel.files.services.content import content_path, list_drafts

pytestmark = pytest.mark.django_db

OWNER = Ref("test", "1")


@pytest.fixture
def act():
    return Act(SYSTEM, "test.stored", OWNER)


def test_a_stored_file_comes_back_and_lies_encrypted(act):
    text = "姓名,身份证号\n".encode() * 1000

    stored = store_file(
        io.BytesIO(text), name="a.csv", owner=OWNER, resource_key=create_key(), act=act
    )

    with open_file(stored.id) as found:
        assert found.read() == text
    assert "姓名".encode() not in content_path(stored.id).read_bytes()
    assert list_files(OWNER) == [stored]


def test_a_destroyed_key_takes_its_files_with_it(act, django_capture_on_commit_callbacks):
    key = create_key()
    stored = store_file(io.BytesIO(b"x"), name="a", owner=OWNER, resource_key=key, act=act)
    path = content_path(stored.id)

    with django_capture_on_commit_callbacks(execute=True):
        assert destroy_key(act, key) == 1

    assert not path.exists()
    with pytest.raises(NotFound):
        open_file(stored.id)
    with pytest.raises(NotFound):
        store_file(io.BytesIO(b"x"), name="b", owner=OWNER, resource_key=key, act=act)


def test_a_file_whose_bytes_are_gone_or_cut_is_named_as_damaged(act):
    stored = store_file(
        io.BytesIO(b"x" * 3_000_000), name="a", owner=OWNER, resource_key=create_key(), act=act
    )
    path = content_path(stored.id)

    os.truncate(path, 1_000_000)
    with pytest.raises(Damaged):
        open_file(stored.id)
    path.unlink()
    with pytest.raises(Damaged):
        open_file(stored.id)
    assert find_missing() == [stored.id]


class FullDisk(io.BytesIO):
    """A stream during which the disk fills up."""

    def read(self, size=-1):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_said_plainly_and_leaves_nothing(settings):
    key = create_key()

    with pytest.raises(Unavailable) as refusal:
        write_file(FullDisk(), name="a", resource_key=key)

    assert refusal.value.code == "files.disk.full"
    assert not list(list_drafts())


def test_the_sweep_removes_what_no_row_names_but_spares_what_is_young(act):
    key = create_key()
    kept = store_file(io.BytesIO(b"x"), name="kept", owner=OWNER, resource_key=key, act=act)
    young = write_file(io.BytesIO(b"x"), name="young", resource_key=key)
    stray = write_file(io.BytesIO(b"x"), name="stray", resource_key=key)
    two_days_ago = time.time() - 2 * 24 * 3600
    for file_id in (kept.id, stray.id):
        os.utime(content_path(file_id), (two_days_ago, two_days_ago))

    found = sweep_files()

    assert found.removed >= 1
    assert found.missing == []
    assert [content_path(one.id).exists() for one in (kept, young, stray)] == [True, True, False]


def test_a_key_under_another_master_key_is_refused_in_words(act, settings):
    stored = store_file(io.BytesIO(b"x"), name="a", owner=OWNER, resource_key=create_key(), act=act)
    settings.YIWANG_MASTER_KEY = os.urandom(32)

    with pytest.raises(Unavailable) as refusal:
        open_file(stored.id)

    assert refusal.value.code == "files.key.foreign"


def test_keys_derived_for_a_purpose_are_stable_and_differ_by_purpose():
    key = create_key()

    assert derive_key(key, "pool.parts") == derive_key(key, "pool.parts")
    assert derive_key(key, "pool.parts") != derive_key(key, "pool.other")


def test_a_removed_file_keeps_its_bytes_until_the_commit(act, django_capture_on_commit_callbacks):
    stored = store_file(io.BytesIO(b"x"), name="a", owner=OWNER, resource_key=create_key(), act=act)

    with django_capture_on_commit_callbacks(execute=True):
        remove_file(stored.id)
        assert content_path(stored.id).exists()

    assert not content_path(stored.id).exists()
