"""Fields that forms share."""

import pytest

from yiwang.kernel.ui.forms import DropZone


@pytest.mark.parametrize("multiple", [True, False])
def test_a_drop_zone_takes_as_many_files_as_it_says(multiple):
    drawn = DropZone(multiple=multiple).render("upload", None)
    assert (" multiple" in drawn) is multiple
