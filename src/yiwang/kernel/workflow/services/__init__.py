"""The door of cases. 办件服务。"""
