"""A generated city to try the platform on: no real persons, planted truths. 示例城市。"""
