"""Live sources: databases and folders that are read again and again. 实时数据源。"""
