"""Sending a case to many organizations, and how far they are. 下发与完成情况。"""
