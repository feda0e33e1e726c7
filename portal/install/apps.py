from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InstallConfig(AppConfig):
    name = "portal.install"
    label = "install"
    verbose_name = _("installation")
    default_auto_field = "django.db.models.BigAutoField"
