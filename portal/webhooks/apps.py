from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "portal.webhooks"
    label = "webhooks"
    verbose_name = _("platform events")
    default_auto_field = "django.db.models.BigAutoField"
    nightly_work = ["webhooks.forget"]
    # A console that was set up long ago still sends the former names (58787, 58788).
    platform_events = {
        "oauth.auth-user": ["webhooks.note_administrator"],
        "oauth.user-auth": ["webhooks.note_administrator"],
        "oauth.cancel-auth": ["webhooks.end_grants"],
        "oauth.user-cancel-auth": ["webhooks.end_grants"],
    }
