"""What a comparison proposes to match by."""

from yiwang.kernel.query import services as query
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.compare import services
from yiwang.nets.share.compare.services.asking import _equal_in

PEOPLE = """联系电话,姓名,身份证号码
13800001111,张小云,110101199003074514
13800002222,李大山,110101198503075511
"""


def test_keys_follow_the_element_and_numbers_come_before_names(engineer, send):
    [left] = send(engineer, PEOPLE, name="甲.csv")
    [right] = send(engineer, PEOPLE, name="乙.csv")
    proposals = services.propose_keys(engineer, left.resource, right.resource)

    wrapped = "id15to18(upper(trim(nfkc(身份证号码))))"
    assert proposals[0].text == f"{wrapped} = {wrapped}"
    assert proposals[0].trial.met == 2
    assert len(proposals) == 3


def test_a_phone_is_no_better_key_than_a_code_that_meets_less(engineer, send):
    [left] = send(engineer, PEOPLE, name="甲.csv")
    fewer = PEOPLE.replace("110101198503075511", "110101198503075538")
    [right] = send(engineer, fewer, name="乙.csv")
    proposals = services.propose_keys(engineer, left.resource, right.resource)

    assert "身份证号码" in proposals[0].text


def test_every_match_key_is_an_expression_of_the_query_language(db):
    texts = {code: _equal_in("甲", "乙", code) for code in standards.get_elements()}
    fields = {
        code: set(query.list_fields(query.parse_key_pair(one).left)) for code, one in texts.items()
    }

    assert len(fields) >= 150
    assert {code for code, found in fields.items() if found != {"甲"}} == set()


def test_a_step_keeps_the_first_characters(engineer, send):
    [left] = send(engineer, "街道代码,值\n310101013,1\n310101017,2\n", name="甲.csv")
    [right] = send(engineer, "街道代码,值\n310101013000,1\n310101017000,2\n", name="乙.csv")
    proposals = services.propose_keys(engineer, left.resource, right.resource)

    assert proposals[0].text == "left(trim(nfkc(街道代码)), 9) = left(trim(nfkc(街道代码)), 9)"
    assert proposals[0].trial.met == 2
