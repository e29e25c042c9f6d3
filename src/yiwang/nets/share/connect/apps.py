from yiwang.kernel.base.module import ModuleConfig


class ConnectConfig(ModuleConfig):
    name = "yiwang.nets.share.connect"
    label = "connect"
    verbose_name = "Deliveries 报送"
    url_prefix = "deliveries"
    default = True
