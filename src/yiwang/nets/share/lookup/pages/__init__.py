"""Addresses that tools of others ask by. 外部工具接口。"""

from django.urls import path

from . import ckan, odata

urlpatterns = [
    path("odata/<str:grant>/", odata.show_service, name="odata"),
    path("odata/<str:grant>/$metadata", odata.show_metadata, name="odata_metadata"),
    path("odata/<str:grant>/rows", odata.show_rows, name="odata_rows"),
    path("odata/<str:grant>/rows/$count", odata.show_count, name="odata_count"),
    path("ckan/api/action/status_show", ckan.show_status),
    path("ckan/api/3/action/status_show", ckan.show_status, name="ckan_status"),
    path("ckan/api/action/<str:action>", ckan.run_action),
    path("ckan/api/3/action/<str:action>", ckan.run_action, name="ckan_action"),
]
