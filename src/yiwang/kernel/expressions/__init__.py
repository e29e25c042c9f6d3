"""Expressions and decision tables over the data of one thing. 表达式与决策表。"""
