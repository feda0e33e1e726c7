from django.urls import path

from portal.pages import views

app_name = "pages"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("help/", views.help_page, name="help"),
    path("privacy/", views.privacy, name="privacy"),
    path("terms/", views.terms, name="terms"),
    path("support/", views.support, name="support"),
    path("health/", views.health, name="health"),
]
