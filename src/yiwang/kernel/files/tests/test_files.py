import io

import pytest

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.files.services import (
    create_key,
    destroy_key,
    list_files,
    open_file,
    store_file,
)
from yiwang.kernel.files.services.content import content_path

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
