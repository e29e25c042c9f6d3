from yiwang.kernel.base.module import ModuleConfig


class FilesConfig(ModuleConfig):
    name = "yiwang.kernel.files"
    label = "files"
    verbose_name = "Files 文件"
    url_prefix = ""
    default = True
