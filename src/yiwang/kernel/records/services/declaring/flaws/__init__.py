"""What a schema cannot say about a bundle: that its parts fit together. 声明检查。"""

from .bundles import find_flaws

__all__ = ["find_flaws"]
