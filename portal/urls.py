"""All addresses of the portal."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    # The only password form there is lies under /admin (product.md section 4).
    path("admin/", include("portal.install.doors")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("install/", include("portal.install.urls")),
    path("account/", include("portal.accounts.urls")),
    path("hooks/", include("portal.webhooks.urls")),
    path("meetings/", include("meetings.urls")),
    path("", include("attendance.urls")),
    path("", include("portal.pages.urls")),
]

if settings.DEBUG:
    urlpatterns.append(path("style-guide/", include("portal.pages.style_guide_urls")))
