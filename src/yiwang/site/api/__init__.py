"""The HTTP API under /api/v1/. 接口。"""
