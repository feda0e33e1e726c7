from django.urls import path

from portal.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("tencent/", views.hook, name="app"),
    path("tencent/<slug:slug>/", views.hook, name="enterprise"),
]
