"""Parts of pages: differences, bars, previews, forms, failures."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.ui.charts import Bar, scale_bars
from yiwang.kernel.ui.difference import compare_texts
from yiwang.kernel.ui.forms import FilesField, add_failure

TEXTS = st.text(alphabet="东西南北街道aB9（）( )", max_size=30)


class Delivery(forms.Form):
    name = forms.CharField(label="名称", help_text="全称")
    files = FilesField(required=False)


def draw(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@given(TEXTS, TEXTS)
def test_the_pieces_of_a_difference_make_up_both_texts(left: str, right: str) -> None:
    pieces = compare_texts(left, right)

    assert "".join(piece.left for piece in pieces) == left
    assert "".join(piece.right for piece in pieces) == right


def test_long_texts_are_compared_at_their_ends_in_little_time() -> None:
    left, right = "a" * 500_000 + "x" + "b" * 500_000, "a" * 500_000 + "y" + "b" * 500_000

    pieces = compare_texts(left, right)

    assert [(len(piece.left), piece.same) for piece in pieces] == [
        (500_000, True),
        (1, False),
        (500_000, True),
    ]


def test_what_differs_is_marked_and_nothing_in_it_is_markup() -> None:
    page = draw('{% difference "东关街道" "<b>东关镇" %}')

    assert "<ins>&lt;b&gt;</ins>" in page
    assert "<del>" in page


def test_the_widest_bar_is_full_and_a_small_one_is_seen() -> None:
    widths = [
        scaled.width for scaled in scale_bars([Bar("甲", 100_000), Bar("乙", 1), Bar("丙", 0)])
    ]

    assert widths == [1000, 4, 0]


def test_a_preview_tells_an_absent_value_from_an_empty_one() -> None:
    page = draw("{% preview columns rows 7 %}", columns=["姓名"], rows=[[None], [""]])

    assert page.count('class="absent"') == 1
    assert ">7</th>" in page


def test_an_invalid_form_says_above_what_is_wrong_and_leads_there() -> None:
    page = draw("{{ form }}", form=Delivery(data={}))

    assert 'class="error-summary"' in page
    assert '<a href="#id_name">' in page
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'aria-invalid="true"' in page


def test_a_service_refusal_stands_at_its_field() -> None:
    form = Delivery(data={"name": "x"})

    add_failure(form, InvalidInput("a.b", "Taken: %(value)s", value="x", field="name"))

    assert form.errors["name"] == ["Taken: x"]


def test_many_dropped_files_arrive_as_a_list() -> None:
    sent = [SimpleUploadedFile(f"{name}.csv", b"a") for name in "ab"]
    form = Delivery(data={"name": "x"}, files=MultiValueDict({"files": sent}))

    assert form.is_valid()
    assert [file.name for file in form.cleaned_data["files"]] == ["a.csv", "b.csv"]


def test_no_file_is_an_empty_list() -> None:
    form = Delivery(data={"name": "x"})

    assert form.is_valid()
    assert form.cleaned_data["files"] == []
