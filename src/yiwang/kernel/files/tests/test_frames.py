"""The encrypted format, attacked byte by byte and frame by frame."""

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.files.services.frames import (
    HEADER,
    TAG,
    Damaged,
    FrameReader,
    FrameWriter,
)

KEY = b"k" * 32
FRAME = 16
WHOLE = FRAME + TAG


def seal(plain, pieces=(), file_id="f1", key=KEY):
    out = io.BytesIO()
    writer = FrameWriter(out, key, file_id, frame=FRAME)
    start = 0
    for end in [*sorted(pieces), len(plain)]:
        writer.write(plain[start:end])
        start = end
    writer.close()
    return out.getvalue()


def read(sealed, file_id="f1", key=KEY):
    return FrameReader(io.BytesIO(sealed), key, file_id).read()


def frames_of(sealed):
    body = sealed[HEADER.size :]
    return [body[at : at + WHOLE] for at in range(0, len(body), WHOLE)]


sizes = st.integers(0, 5 * FRAME) | st.sampled_from(
    [near + step for near in range(0, 5 * FRAME, FRAME) for step in (-1, 0, 1) if near + step >= 0]
)


@given(size=sizes, pieces=st.lists(st.integers(0, 80), max_size=5))
def test_every_size_comes_back_however_it_was_written(size, pieces):
    plain = os.urandom(size)

    sealed = seal(plain, [min(piece, size) for piece in pieces])

    assert read(sealed) == plain
    count = max(1, -(-size // FRAME))
    assert len(sealed) == HEADER.size + size + count * TAG


@given(size=sizes, data=st.data())
def test_any_place_can_be_read(size, data):
    plain = os.urandom(size)
    start = data.draw(st.integers(0, size + 5))
    length = data.draw(st.integers(0, size + 5))
    reader = io.BufferedReader(FrameReader(io.BytesIO(seal(plain)), KEY, "f1"), buffer_size=7)

    reader.seek(start)

    assert reader.read(length) == plain[start : start + length]


@given(size=sizes, data=st.data())
def test_a_flipped_bit_is_refused(size, data):
    sealed = bytearray(seal(os.urandom(size)))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(Damaged):
        read(bytes(sealed))


@given(size=sizes, data=st.data())
def test_a_cut_file_is_refused_before_any_of_it_is_read(size, data):
    sealed = seal(os.urandom(size))
    cut = sealed[: data.draw(st.integers(0, len(sealed) - 1))]

    with pytest.raises(Damaged):
        FrameReader(io.BytesIO(cut), KEY, "f1")


@given(size=st.integers(2 * FRAME, 5 * FRAME), data=st.data())
def test_frames_in_another_order_repeated_or_left_out_are_refused(size, data):
    sealed = seal(os.urandom(size))
    frames = frames_of(sealed)
    chosen = data.draw(
        st.lists(st.sampled_from(range(len(frames))), min_size=1, max_size=len(frames) + 2)
    )
    if chosen == list(range(len(frames))):
        return

    with pytest.raises(Damaged):
        read(sealed[: HEADER.size] + b"".join(frames[number] for number in chosen))


def test_contents_cannot_be_swapped_between_files_or_keys():
    sealed = seal(b"x" * 40)

    for other in ({"file_id": "f2"}, {"key": b"q" * 32}):
        with pytest.raises(Damaged):
            read(sealed, **other)
    mixed = seal(b"y" * 40)
    with pytest.raises(Damaged):
        read(sealed[: HEADER.size] + mixed[HEADER.size :])


def test_the_same_bytes_never_look_the_same_twice():
    assert seal(b"x" * 40)[HEADER.size :] != seal(b"x" * 40)[HEADER.size :]
