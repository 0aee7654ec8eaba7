from django.urls import path

from referrals.records import add_views, check_views, link_views, pack_views, upload_views, views

app_name = "records"
urlpatterns = [
    path("uploads/", upload_views.uploads, name="uploads"),
    path("uploads/<uuid:key>/", upload_views.upload, name="upload"),
    path("send/<str:token>/", link_views.send, name="send"),
    path("send/<str:token>/uploads/", link_views.send_uploads, name="send_uploads"),
    path("send/<str:token>/uploads/<uuid:key>/", link_views.send_upload, name="send_upload"),
    path("<str:reference>/", views.list_, name="list"),
    path("<str:reference>/add/", add_views.add, name="add"),
    path("<str:reference>/files/", add_views.files, name="files"),
    path("<str:reference>/note/", add_views.note, name="note"),
    path("<str:reference>/checklist/", add_views.checklist, name="checklist"),
    path("<str:reference>/pack/", pack_views.pack, name="pack"),
    path("<str:reference>/pack/<uuid:key>/", pack_views.download, name="pack_download"),
    path("<str:reference>/links/", link_views.links, name="links"),
    path("<str:reference>/links/<uuid:key>/close/", link_views.close, name="close_link"),
    path("<str:reference>/uploads/<uuid:key>/stop/", add_views.stop, name="stop_upload"),
    path("<str:reference>/<uuid:key>/", views.read, name="read"),
    path("<str:reference>/<uuid:key>/type/", add_views.type_, name="type"),
    path("<str:reference>/<uuid:key>/flag/", check_views.flag, name="flag"),
    path("<str:reference>/<uuid:key>/remove/", add_views.remove, name="remove"),
    path("<str:reference>/<uuid:key>/password/", check_views.password, name="password"),
    path("<str:reference>/<uuid:key>/scan/", check_views.scan, name="scan"),
    path("<str:reference>/<uuid:key>/download/", views.download, name="download"),
]
