"""Signed notes, keys and cosignatures, with what others have published."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.evidence.formats import notes, sm2
from yiwang.kernel.evidence.formats.leaves import write_canonical
from yiwang.kernel.evidence.formats.notes import BadNote
from yiwang.kernel.evidence.verifier import verify

# The example of the package `note` of Go, which the format comes from.
KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
)
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_the_published_note_is_verified_by_us_and_by_the_script():
    note = notes.read_note(NOTE)

    assert note.signed_by(notes.read_key(KEY))
    assert note.text == NOTE
    assert verify.holds(KEY, note.body, NOTE.splitlines()[-1:])
    other = notes.Note(note.body.replace("your", "my"), note.signatures)
    assert not other.signed_by(notes.read_key(KEY))
    assert not verify.holds(KEY, other.body, NOTE.splitlines()[-1:])


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1))
def test_notes_survive_writing_and_reading(text):
    body = f"{text}\n"
    written = notes.Note(body, (notes.sign(PRIVATE, "a", body), notes.cosign(PRIVATE, "b", body)))

    read = notes.read_note(written.text)

    assert read == written
    log, witness = notes.public_of(PRIVATE, "a"), notes.public_of(PRIVATE, "b", notes.COSIGNATURE)
    for key in (log, witness):
        assert read.signed_by(notes.read_key(key.text))
        assert verify.holds(key.text, body, [one.line.strip() for one in read.signatures])
    assert not read.signed_by(notes.public_of(PRIVATE, "b"))


def test_a_cosignature_says_when_and_holds_for_that_second_only():
    one = notes.cosign(PRIVATE, "w", "body\n", 1_700_000_000)
    key = notes.public_of(PRIVATE, "w", notes.COSIGNATURE)
    later = notes.Signature("w", one.key_id, (1_700_000_001).to_bytes(8, "big") + one.value[8:])

    assert key.verifies("body\n", one)
    assert not key.verifies("body\n", later)


def test_sm2_lines_are_verified_by_who_knows_them_and_passed_over_by_the_script():
    private = sm2.generate()
    line = notes.sign_by_sm2(private, "a", "body\n")
    key = notes.Key("a", notes.OTHER, notes.SM2 + sm2.public_of(private))

    assert notes.read_key(key.text) == key
    assert key.verifies("body\n", line)
    assert not key.verifies("other\n", line)
    wrong = notes.Key("a", notes.OTHER, notes.SM2 + b"\x04" + bytes(64))
    assert not wrong.verifies("body\n", notes.Signature("a", wrong.id, line.value))
    assert not verify.holds(key.text, "body\n", [line.line.strip()])


@pytest.mark.parametrize(
    "text",
    ["", "body", "body\n\n", "body\n\nno dash\n", "body\n\n\u2014 a !!!!\n", "body\n\n\u2014 a AAAA\n",
     "b\x07ody\n\n\u2014 a AAAAAAAA\n", "body\n\n\u2014 a+b AAAAAAAA\n", "b" * 70_000 + NOTE],
)  # fmt: skip
def test_what_is_no_note_is_refused(text):
    if text == "body\n\n":
        assert notes.read_note(text).signatures == ()
        return
    with pytest.raises(BadNote):
        notes.read_note(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a+b+c", KEY.replace("c74f", "c74e"), KEY[:-4], KEY.replace("+AR", "+Ax")]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(BadNote):
        notes.read_key(text)


@pytest.mark.parametrize("body", ["", "a\n", "a\nx\nAAAA\n", "a\n01\nAAAA\n", "a\n1\nAAAA\n"])
def test_what_is_no_checkpoint_is_refused(body):
    with pytest.raises(BadNote):
        notes.read_checkpoint(body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abcXYZ_09"), inner),
    )
)  # fmt: skip
def test_canonical_json_is_one_spelling_whatever_the_order(value):
    import json

    text = write_canonical(value)

    assert json.loads(text) == value
    assert write_canonical(json.loads(text)) == text
    if isinstance(value, dict):
        assert write_canonical(dict(reversed(value.items()))) == text
