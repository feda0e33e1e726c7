from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns

from portal.install.provider import TencentProvider

urlpatterns = default_urlpatterns(TencentProvider)
