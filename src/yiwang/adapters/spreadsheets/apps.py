from yiwang.kernel.base.module import ModuleConfig


class SpreadsheetsConfig(ModuleConfig):
    name = "yiwang.adapters.spreadsheets"
    label = "spreadsheets"
    verbose_name = "Spreadsheets 电子表格"
    default = True
