"""What the finder answers. 个人信息识别的类型。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PersonalKind:
    """One kind of personal data. 个人信息种类。

    `element` is the data element a column of it would be; `mask` what may show of a span, `grade`
    its protection grade. A kind that is not `personal` (a firm's code) is found and not masked.
    """

    code: str
    zh: str
    en: str
    mask: str
    grade: int
    personal: bool = True
    element: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text, from `start` to before `end`. 命中片段。

    `sure` says that it stands by itself (check digit, shape, a word beside it); one that is not
    sure counts only where most of a column is alike.
    """

    kind: str
    start: int
    end: int
    sure: bool = True


@dataclass(frozen=True, slots=True)
class KindCount:
    """In how many cells a kind stands, and how many cells are nothing else. 命中计数。"""

    cells: int = 0
    whole: int = 0


@dataclass(frozen=True, slots=True)
class ColumnFinding:
    """What stands in a column. 列识别结果。

    Of `filled` cells `passed` may hold something, and of those `looked` were read closely, fewer
    where there are very many; counts are scaled up to all. `kinds` are those that count as found.
    """

    filled: int = 0
    passed: int = 0
    looked: int = 0
    kinds: Mapping[str, KindCount] = field(default_factory=dict)

    @property
    def personal(self) -> tuple[str, ...]:
        """The kinds found that are personal data, the most sensitive first. 个人信息种类。"""
        return tuple(code for code, kind in KINDS.items() if code in self.kinds and kind.personal)

    @property
    def unread(self) -> bool:
        """Whether time ran out before any candidate was read. 未及细读。"""
        return self.passed > 0 and self.looked == 0


KINDS: dict[str, PersonalKind] = {
    kind.code: kind
    for kind in (
        PersonalKind(
            "resident_id", "身份证号", "Resident ID", "identity", 4, element="resident_id"
        ),
        PersonalKind("bank_card", "银行卡号", "Bank card", "card", 4, element="bank_card"),
        PersonalKind("passport", "护照号", "Passport", "tail", 4),
        PersonalKind("mobile_phone", "手机号", "Mobile phone", "phone", 3, element="mobile_phone"),
        PersonalKind("phone", "固定电话", "Landline", "tail", 3, element="phone"),
        PersonalKind("person_name", "姓名", "Person name", "name", 3, element="person_name"),
        PersonalKind("address", "住址", "Address", "address", 3, element="address"),
        PersonalKind("plate_number", "车牌号", "Plate", "plate", 3, element="plate_number"),
        PersonalKind("email", "电子邮箱", "E-mail", "email", 3, element="email"),
        PersonalKind(
            "credit_code",
            "统一社会信用代码",
            "Credit code",
            "keep",
            1,
            personal=False,
            element="credit_code",
        ),
    )
}
