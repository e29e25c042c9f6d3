"""The script that third parties check evidence with; it is handed out as it is. 独立核验脚本。"""
