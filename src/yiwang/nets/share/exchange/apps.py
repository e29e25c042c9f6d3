from yiwang.kernel.base.module import ModuleConfig


class ExchangeConfig(ModuleConfig):
    name = "yiwang.nets.share.exchange"
    label = "exchange"
    verbose_name = "Requests and grants 共享申请与授权"
    url_prefix = "exchange"
    default = True
