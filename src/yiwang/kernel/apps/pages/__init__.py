"""Pages of apps: what stands, looking through, installing, one app, one file. 应用页面。"""

from django.urls import path

from .front import install, look, show_apps
from .one import export, load_sample, remove_sample, roll_back, show_app, show_file, uninstall

urlpatterns = [
    path("", show_apps, name="front"),
    path("look/", look, name="look"),
    path("install/", install, name="install"),
    path("<slug:app>/", show_app, name="app"),
    path("<slug:app>/export/", export, name="export"),
    path("<slug:app>/back/", roll_back, name="back"),
    path("<slug:app>/sample/", load_sample, name="sample"),
    path("<slug:app>/sample/remove/", remove_sample, name="unsample"),
    path("<slug:app>/uninstall/", uninstall, name="uninstall"),
    path("<slug:app>/file/", show_file, name="file"),
]
