"""Template parts known to every template. 模板标签。"""

from django import template

register = template.Library()
