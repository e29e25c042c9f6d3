import pytest

from yiwang.adapters.spreadsheets.shown import show_number, show_text


@pytest.mark.parametrize(
    ("stored", "code", "shown", "kind"),
    [
        ("42", "General", "42", ""),
        ("0.30000000000000004", "General", "0.3", "rounded"),
        ("110101199001011000", "General", "110101199001011000", "spreadsheet_zeroed"),
        ("1.10101199001011E+17", "General", "110101199001011000", "spreadsheet_zeroed"),
        ("6222021234567890", "0", "6222021234567890", "truncated_16"),
        ("110101199001011234", "General", "110101199001011234", "digits_lost"),
        ("1.10101199001011E+17", "0", "110101199001011000", "spreadsheet_zeroed"),
        ("13800138000", "General", "13800138000", ""),
        ("1E-3", "General", "0.001", "number_format"),
        ("1234", "000000", "001234", "number_format"),
        ("13800138000", "000-0000-0000", "138-0013-8000", "number_format"),
        ("1234567.891", "#,##0.00", "1,234,567.89", "number_format"),
        ("-1234.5", "#,##0.00;[Red](#,##0.00)", "(1,234.50)", "number_format"),
        ("0", '0;-0;"无"', "无", "number_format"),
        ("0.256", "0.0%", "25.6%", "number_format"),
        ("2.5", "0", "3", "number_format"),
        ("-0.4", "0", "0", "number_format"),
        ("12345", "0.00E+00", "1.23E+04", "number_format"),
        ("0.00012", "##0.0E+0", "120.0E-6", "number_format"),
        ("1.5", "# ?/?", "1 1/2", "number_format"),
        ("12345678", "#,##0,", "12,346", "number_format"),
        ("5", '[$¥-804]#,##0.00" 元"', "¥5.00 元", "number_format"),
        ("50", '[>=60]"及格";"不及格"', "不及格", "number_format"),
        ("42010", "yyyy/m/d", "2015/1/6", "date"),
        ("42010", 'yyyy"年"m"月"d"日"', "2015年1月6日", "date"),
        ("42010", "[$-804]aaaa", "星期二", "date"),
        ("42010.5", "yyyy-mm-dd hh:mm:ss", "2015-01-06 12:00:00", "date"),
        ("42010.999999", "yyyy-mm-dd hh:mm", "2015-01-07 00:00", "date"),
        ("60", "yyyy-mm-dd", "1900-02-29", "date"),
        ("1.5", "[h]:mm", "36:00", "date"),
        ("0.75", "h:mm AM/PM", "6:00 PM", "date"),
        ("0.000011574", "mm:ss.0", "00:01.0", "date"),
        ("-1", "yyyy-mm-dd", "-1", ""),
        ("NaN", "0", "NaN", "not_a_number"),
    ],
)
def test_a_stored_number_is_shown_as_its_format_says(stored, code, shown, kind):
    found = show_number(stored, code)

    assert (found.text, found.kind) == (shown, kind)


def test_a_serial_of_the_1904_calendar_is_four_years_later():
    assert show_number("0", "yyyy-mm-dd", dates_1904=True).text == "1904-01-01"


def test_a_text_stays_as_it_is_unless_its_format_adds_to_it():
    assert show_text("张三", "@") == "张三"
    assert show_text("张三", '0;0;0;"姓名："@') == "姓名：张三"
