"""JSON, JSON lines and other records as tables. 记录文件。"""
