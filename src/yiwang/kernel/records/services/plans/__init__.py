"""From what is asked and granted to statements; the only readers of record tables. 查询计划。"""
