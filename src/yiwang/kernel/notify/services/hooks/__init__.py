"""Messages to addresses outside: entering, telling, sending, looking. 外发通知。"""
