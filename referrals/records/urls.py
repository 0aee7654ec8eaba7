from django.urls import path

from referrals.records import adding, links, uploading, views

app_name = "records"
urlpatterns = [
    path("uploads/", uploading.uploads, name="uploads"),
    path("uploads/<uuid:key>/", uploading.upload, name="upload"),
    path("send/<str:token>/", links.send, name="send"),
    path("send/<str:token>/uploads/", links.send_uploads, name="send_uploads"),
    path("send/<str:token>/uploads/<uuid:key>/", links.send_upload, name="send_upload"),
    path("<str:reference>/", views.list_, name="list"),
    path("<str:reference>/add/", adding.add, name="add"),
    path("<str:reference>/files/", adding.files, name="files"),
    path("<str:reference>/note/", adding.note, name="note"),
    path("<str:reference>/checklist/", adding.checklist, name="checklist"),
    path("<str:reference>/links/", links.links, name="links"),
    path("<str:reference>/links/<uuid:key>/close/", links.close, name="close_link"),
    path("<str:reference>/uploads/<uuid:key>/stop/", adding.stop, name="stop_upload"),
    path("<str:reference>/<uuid:key>/", views.read, name="read"),
    path("<str:reference>/<uuid:key>/type/", adding.type_, name="type"),
    path("<str:reference>/<uuid:key>/remove/", adding.remove, name="remove"),
    path("<str:reference>/<uuid:key>/pages/<int:number>/", views.page, name="page"),
    path("<str:reference>/<uuid:key>/download/", views.download, name="download"),
]
