from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.blocks import in_blocks


@given(st.lists(st.integers()), st.integers(1, 7))
def test_blocks_hold_all_in_order_and_only_the_last_is_short(things, size):
    blocks = list(in_blocks(iter(things), size))

    assert [one for block in blocks for one in block] == things
    assert all(len(block) == size for block in blocks[:-1])
    assert all(blocks)
