"""What a comparison proposes to match by."""

from yiwang.nets.share.compare import services

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
