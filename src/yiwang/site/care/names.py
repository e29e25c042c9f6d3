"""Names inside a backup. 备份内名称。"""

DATABASE_FILE = "database.sqlite3"
