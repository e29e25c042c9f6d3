"""Personal data inside any Chinese text: where it stands, of what kind. 个人信息识别。"""
