"""The doors of the site's own administrators: password, throttled by allauth, and a second factor. Nothing else of
allauth's pages is reachable: people sign in with the platform's identity."""

from allauth.account import views
from django.urls import include, path

from portal.install.views import admin_login

urlpatterns = [
    # Before the admin's own, and at the same place: the admin sends people here.
    path("login/", admin_login, name="admin_login"),
    path("identity/login/", views.login, name="account_login"),
    path("identity/logout/", views.logout, name="account_logout"),
    path("identity/inactive/", views.account_inactive, name="account_inactive"),
    path("identity/reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("identity/2fa/", include("allauth.mfa.urls")),
]
