TEXT = """姓名,身份证号码,手机号码
甲,110101199001011000,1.38E+10
乙,1.10101E+17,13812345678
丙,11010119900307109X,13812345679
丁,110101199003071001,13812345670
"""


def test_what_a_spreadsheet_did_to_codes_is_named_apart_from_wrong_check_digits(steward, send):
    [delivery] = send(steward, TEXT)

    assert delivery.rows == 4
    assert {kind: count for kind, count in delivery.differences.items() if "." not in kind} == {
        "spreadsheet_zeroed": 1,
        "scientific": 2,
    }


def test_an_amount_written_with_an_exponent_is_no_damage(steward, send):
    [delivery] = send(steward, "项目,金额\n甲,1.38E+10\n乙,2\n丙,3\n")

    assert not delivery.differences
