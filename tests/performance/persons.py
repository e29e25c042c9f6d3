"""A synthetic register of persons, as large as asked for. 合成人员登记册。

Nobody in it is real: names, numbers and addresses are drawn from small lists by arithmetic on the
row number, so a run is repeatable. Certificate numbers carry true GB 11643 check digits, except
where dirt is planted.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

SURNAMES = list("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜")
GIVEN = list("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国庆文斌宇浩轩梓涵")
COLUMNS = (
    "id_no", "name", "sex", "birth_date", "nation", "phone", "region_code", "address",
    "household_no", "relation", "marital", "education", "employer_code", "insured_since",
    "base_amount", "updated_at", "remark",
)  # fmt: skip

# sum(d_k * 2^k) over the first 17 digits, without splitting them: n - 8 * sum(2^j * (n // 10^(j+1)))
CHECK = (
    "substr('10X98765432', ((2 * (n - "
    + " - ".join(f"{8 * 2**j} * (n // {10 ** (j + 1)})" for j in range(16))
    + ") % 11 + 11) % 11)::INT + 1, 1)"
)


def _pick(values: list[str] | tuple[str, ...], by: str) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"(ARRAY[{listed}])[({by}) % {len(values)} + 1]"


def persons_sql(rows: int, *, changed: int = 0) -> str:
    """The register as one query; with `changed` every so-manieth row differs. 登记册查询。"""
    name = "name" if not changed else f"CASE WHEN i % {changed} = 7 THEN name || '某' ELSE name END"
    phone = "phone" if not changed else f"CASE WHEN i % {changed} = 9 THEN '13' ELSE phone END"
    return f"""
    WITH numbers AS (
        SELECT i, (hash(i * 7919 + 13) // 4)::BIGINT AS h, (hash(i) // 4)::BIGINT AS g,
               DATE '1940-01-01' + (hash(i + 3) % 27000)::INT AS born
        FROM range({rows}) t(i)
    ), drawn AS (
        SELECT *, (360100 + h % 9)::BIGINT * 100000000000
               + strftime(born, '%Y%m%d')::BIGINT * 1000 + i % 1000 AS n,
               {_pick(SURNAMES, "h % 97")} || {_pick(GIVEN, "h // 128")} ||
               CASE WHEN h % 3 = 0 THEN '' ELSE {_pick(GIVEN, "g // 256")} END AS name,
               '1' || {_pick(("38", "39", "50", "86", "99"), "h")}
               || lpad((g % 100000000)::VARCHAR, 8, '0') AS phone
        FROM numbers
    )
    SELECT CASE WHEN i % 5003 = 1 THEN n || '0' ELSE n || {CHECK} END AS id_no,
           {name} AS name,
           CASE WHEN n % 2 = 1 THEN '男' ELSE '女' END AS sex,
           strftime(born, '%Y-%m-%d') AS birth_date,
           {_pick(("汉族", "汉族", "汉族", "回族", "畲族", "壮族"), "h // 7")} AS nation,
           CASE WHEN i % 41 = 3 THEN '' ELSE {phone} END AS phone,
           (n // 100000000000)::VARCHAR AS region_code,
           '虚构市' || {_pick(("东湖", "西湖", "青山", "新建"), "h // 11")} || '区'
               || {_pick(GIVEN, "h // 13")} || {_pick(GIVEN, "g // 17")} || '路'
               || (h % 900 + 1)::VARCHAR || '号' || (g % 60 + 1)::VARCHAR || '室' AS address,
           'H' || lpad((i // 3)::VARCHAR, 9, '0') AS household_no,
           {_pick(("户主", "配偶", "子女", "父母"), "i")} AS relation,
           {_pick(("未婚", "已婚", "离异", "丧偶"), "h // 19")} AS marital,
           {_pick(("小学", "初中", "高中", "大学", "研究生"), "h // 23")} AS education,
           '91360100MA' || lpad((h % 40000)::VARCHAR, 8, '0') AS employer_code,
           (1990 + h % 35)::VARCHAR || '/' || (g % 12 + 1)::VARCHAR AS insured_since,
           (3000 + g % 2000000 / 100)::DECIMAL(12, 2)::VARCHAR AS base_amount,
           strftime(TIMESTAMP '2026-01-01' + to_seconds((h % 20000000)::BIGINT),
                    '%Y-%m-%d %H:%M:%S') AS updated_at,
           CASE WHEN i % 9 = 0 THEN '“转入”，见备注 ' || (i % 5)::VARCHAR ELSE NULL END AS remark
    FROM drawn
    """


def write_persons(path: Path, rows: int, *, changed: int = 0) -> Path:
    """The register as a UTF-8 CSV file. 写出 CSV。"""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        connection.execute(f"COPY ({persons_sql(rows, changed=changed)}) TO '{path}' (HEADER)")
    return path
