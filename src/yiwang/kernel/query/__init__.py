"""One typed filter and expression language for every engine. 查询语言。"""
