from concurrent.futures import ThreadPoolExecutor

from yiwang.kernel.base import ids


def test_ids_rise_strictly_and_never_repeat_across_threads():
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: [ids.new_ulid() for _ in range(2000)], range(8)))

    assert all(batch == sorted(batch) for batch in found)
    assert len({one for batch in found for one in batch}) == 16_000


def test_id_has_the_shape_that_is_id_knows():
    assert ids.is_id(ids.new_id())
    assert not ids.is_id("abc")
    assert not ids.is_id(ids.new_id().lower())
