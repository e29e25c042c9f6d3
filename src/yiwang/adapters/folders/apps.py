from yiwang.kernel.base.module import ModuleConfig


class FoldersConfig(ModuleConfig):
    name = "yiwang.adapters.folders"
    label = "folder_source"
    verbose_name = "Folders"
    default = True
