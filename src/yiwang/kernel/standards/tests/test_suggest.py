import pytest

from yiwang.kernel.standards.services import (
    check_value,
    get_elements,
    is_worth_proposing,
    mask_value,
    name_element,
    read_element,
    suggest_elements,
)

pytestmark = pytest.mark.django_db
IDS = ["11010519491231002X", "110101199003071233", "44052418800101001X"]


@pytest.mark.parametrize(
    ("heading", "samples", "code"),
    [
        ("身份证号码（18位）", ["11010519491231002X"] * 6, "resident_id"),
        ("sfzh", [], "resident_id"),
        ("F3", ["11010519491231002X"] * 6, "resident_id"),
        ("col7", ["91110000600037341L"] * 6, "credit_code"),
        ("申请人姓名", ["张三", "李四"], "person_name"),
        ("联系人手机", ["13812341234"] * 5, "mobile_phone"),
        ("applicant_birthDate", ["1990-01-01"], "birth_date"),
        ("性别", ["男", "女", "男"], "sex"),
        ("成立日期", ["2020/1/3"], "established_date"),
        ("PM10浓度", ["35", "41"], "pm10"),
        ("PM2.5(μg/m3)", ["35", "41"], "pm25"),
        ("家庭住址", ["云州市东湖区1号"], "address"),
    ],
)
def test_heading_and_samples_suggest(heading, samples, code):
    assert suggest_elements(heading, samples)[0].code == code


@pytest.mark.parametrize(
    "samples", [["1", "2", "1", "2", "1", "2"], ["01", "02", "03"] * 3, ["100000"] * 9]
)
def test_short_codes_are_never_guessed_from_values_alone(samples):
    assert suggest_elements("F3", samples) == []


@pytest.mark.parametrize(
    ("samples", "code"),
    [
        (["张伟", "王芳", "李小明", "欧阳娜", "买买提·吐尔逊"], "person_name"),
        (["清河街道", "长桥镇", "东风乡", "西街道", "南镇"], "town"),
        (
            ["云岭商贸有限公司", "晨星超市", "远帆物流公司", "嘉禾店铺店", "北溪厂"],
            "enterprise_name",
        ),
    ],
)
def test_a_heading_that_may_name_many_things_counts_where_the_values_agree(samples, code):
    assert suggest_elements("name", samples)[0].code == code
    assert suggest_elements("name", ["alpha", "b2", "gamma", "delta", "e"]) == []
    assert suggest_elements("name", []) == []


def test_values_that_contradict_the_heading_take_from_it():
    good = suggest_elements("身份证号", ["11010519491231002X"] * 6)[0]
    bad = [s for s in suggest_elements("身份证号", ["北京"] * 6) if s.code == "resident_id"]

    assert good.score > 0.9
    assert bad[0].score < 0.5


@pytest.mark.parametrize(
    ("heading", "samples", "code"),
    [
        ("hjdz", ["云州市东湖区清河路1号"] * 6, "address"),
        ("ylfkfs", ["现金"] * 6, ""),
        ("agency_name", ["市民政局"] * 6, "department_name"),
        ("监护人", ["张三", "无", "", "李四", "王五", "无"], "person_name"),
        ("监护人", ["甲公司", "乙公司", "丙公司", "丁公司", "戊公司"], ""),
        ("PM2.5", ["无"], "pm25"),
    ],
)
def test_headings_of_initials_empty_words_and_blank_values(heading, samples, code):
    found = suggest_elements(heading, samples)

    assert (found[0].code if found else "") == code


def test_reasons_are_given_in_both_languages():
    reasons = suggest_elements("身份证号", ["11010519491231002X"] * 6)[0].reasons

    assert "列名" in reasons[0].zh
    assert "column name" in reasons[0].en
    assert "100%" in reasons[1].zh
    assert "100%" in reasons[1].en


def test_every_personal_element_is_masked_or_a_short_code():
    for element in get_elements().values():
        if element.personal and element.grade >= 3 and not element.code_set:
            assert element.mask != "keep", element.code


def test_values_are_checked_and_masked_by_element_code():
    assert check_value("resident_id", "11010519491231002X") == ""
    assert check_value("resident_id", "110105194912310021") == "check"
    assert check_value("resident_id", "1101") == "format"
    assert check_value("sex", "3") == "code"
    assert check_value("date", "昨天") == "type"
    assert mask_value("person_name", "张三") == "张*"


def test_a_heading_that_may_mean_anything_counts_only_where_the_values_agree():
    people = suggest_elements("name", ["张小云", "李大山", "欧阳明", "买买提·阿吉"])
    streets = suggest_elements(
        "name", ["东华门街道", "张家镇", "城关镇", "太平乡", "王庄镇", "小店街道"]
    )

    assert people[0].code == "person_name"
    assert "person_name" not in [one.code for one in streets]


@pytest.mark.parametrize(
    "heading", ["x" * 5000, "身" * 5000, "a_b" * 900, "（（（（", "", "\x00", "号" * 80]
)
def test_any_heading_is_answered(heading):
    assert len(suggest_elements(heading, ["1"] * 1000)) <= 3


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("sex", "sex"),
        ("性别", "sex"),
        (" 性别  sex ", "sex"),
        ("sex sex", "sex"),
        ("", ""),
        ("性别和年龄", "性别和年龄"),
    ],
)
def test_an_element_is_named_by_code_name_or_both(said, meant):
    assert read_element(said) == meant


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_choice_shows_is_read_back(language):
    assert [
        code for code in get_elements() if read_element(name_element(code, language)) != code
    ] == []


@pytest.mark.parametrize(
    ("heading", "code", "values", "worth"),
    [
        ("provinceCode", "province", {"11": 5, "12": 4}, False),
        ("sex", "sex", {"Male": 9, "Female": 8}, False),
        ("性别", "sex", {"Male": 9, "Female": 8}, True),
        ("card", "resident_id", {"broken": 9}, True),
        ("PostCode", "postcode", {"100010": 9, "1": 1}, True),
    ],
)
def test_what_its_values_break_is_not_chosen_beforehand_unless_it_is_personal(
    heading, code, values, worth
):
    assert is_worth_proposing(heading, code, values) is worth
