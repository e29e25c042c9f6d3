"""The pure machine: what may happen to a case, and what it becomes. 状态机。"""
