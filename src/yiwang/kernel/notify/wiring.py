"""What notify tells the house at start. 通知登记。"""

from yiwang.kernel.ui import frame

from . import services

frame.set_notices(services.count_unread, "notify:list")
