from yiwang.kernel.base.module import ModuleConfig


class LedgerConfig(ModuleConfig):
    name = "yiwang.kernel.ledger"
    label = "ledger"
    verbose_name = "Ledger 台账"
    url_prefix = "ledger"
    default = True
