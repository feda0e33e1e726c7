"""All addresses of the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    # The only password form there is lies under /admin (product.md section 4).
    path("admin/identity/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("install/", include("portal.install.urls")),
    path("account/", include("portal.accounts.urls")),
    path("hooks/", include("portal.webhooks.urls")),
    path("meetings/", include("meetings.urls")),
    path("", include("attendance.urls")),
    path("", include("portal.pages.urls")),
]

