"""Looking after a node: backup, restore, move, upgrade, doctor. 节点维护。

Each is a function here and a thin command in `site.cli.care`. They work below the modules, on whole
tables and folders, so they know no model by name.
"""
