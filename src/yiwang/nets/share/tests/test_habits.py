"""The next delivery is read as the last one was, unless told otherwise."""

from yiwang.nets.share.catalog import services as catalog

HEADLESS = "001,东关\n002,西关\n"


def test_the_header_row_told_once_holds_for_the_next_delivery(steward, send):
    [first] = send(steward, HEADLESS, header_row=0)
    [second] = send(steward, "编号,名称\n" + HEADLESS)

    assert (first.state, second.state, second.version) == ("landed", "landed", 2)
    assert (second.rows, second.instructions["header_row"]) == (3, 0)


def test_the_records_path_told_once_holds_for_the_next_delivery(steward, send):
    nested = '{"a": {"甲": "1"}, "b": {"乙": "2"}}'
    path = "/*/* group={0} name={1} code={value}"
    [first] = send(steward, nested, name="区划.json", records=path)
    [second] = send(steward, nested, name="区划.json")

    assert (first.state, second.state) == ("landed", "landed"), (first.error, second.error)
    assert second.instructions["records"] == path
    names = [item.name for item in catalog.list_items(second.resource)]
    assert names == ["group", "name", "code"]


def test_what_is_told_now_goes_before_what_was_told(steward, send):
    send(steward, HEADLESS, header_row=0)
    [second] = send(steward, HEADLESS, header_row=1)

    assert second.error["code"] == "connect.held.drift"


def test_a_file_of_another_kind_is_read_by_itself(steward, send):
    send(steward, HEADLESS, header_row=0)
    [other] = send(steward, '[{"column_1": "9", "column_2": "x"}]', name="登记.json")

    assert "header_row" not in other.instructions or other.instructions["header_row"] is None
