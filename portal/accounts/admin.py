"""For looking and repairing: facts are read-only, secrets are never shown, actions call the nouns the pages call."""

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.accounts import enterprise, installations, leaving, tokens
from portal.accounts.models import (
    AdministratorNotice,
    EnterpriseCredential,
    Installation,
    Invitation,
    Membership,
    Organisation,
    User,
)
from portal.audit import chain


class LookOnly(admin.ModelAdmin):
    """Shows rows and runs actions; nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        # `get_fields` asks for the read-only ones, so without `fields` it would go round in circles.
        return list(self.fields or [field.name for field in self.model._meta.fields])

    def said(self, request: HttpRequest, count: int) -> None:
        """Say how many rows an action changed."""
        self.message_user(request, _("%(count)d changed.") % {"count": count}, messages.SUCCESS)


@admin.register(User)
class PersonAdmin(UserAdmin):
    list_display = ["username", "name", "is_staff", "is_active", "last_login"]
    search_fields = ["username", "name", "open_id"]
    readonly_fields = ["sdk_id", "open_id", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["name", "email", "language", "zone", "sdk_id", "open_id"]}),
        (_("Rights"), {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        (_("Times"), {"fields": ["last_login", "date_joined"]}),
    ]


@admin.register(Organisation)
class OrganisationAdmin(LookOnly):
    list_display = ["name", "open_corp_id", "frozen_at", "purge_at", "legal_hold", "made_at"]
    list_filter = ["legal_hold", ("frozen_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "open_corp_id", "personal_open_id"]
    fields = [
        "name", "sdk_id", "open_corp_id", "personal_open_id", "policy", "frozen_at", "purge_at", "legal_hold",
        "made_at",
    ]  # fmt: skip
    actions = ["freeze", "thaw"]

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> list[str]:
        return [name for name in self.fields if name != "legal_hold"]

    def save_model(self, request: HttpRequest, obj: Organisation, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        chain.record("organisation.legal_hold", actor=request.user, organisation=obj.pk, subject=obj,
                     held=obj.legal_hold)  # fmt: skip

    @admin.action(description=_("Freeze"))
    def freeze(self, request: HttpRequest, organisations: QuerySet[Organisation]) -> None:
        for organisation in organisations:
            leaving.freeze(organisation, actor=request.user)
        self.said(request, len(organisations))

    @admin.action(description=_("Take back the freeze"))
    def thaw(self, request: HttpRequest, organisations: QuerySet[Organisation]) -> None:
        for organisation in organisations:
            leaving.thaw(organisation, actor=request.user)
        self.said(request, len(organisations))


@admin.register(Membership)
class MembershipAdmin(LookOnly):
    list_display = ["user", "organisation", "role", "made_at"]
    list_filter = ["role"]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__name", "organisation__name"]
    fields = ["user", "organisation", "role", "made_at"]
    actions = ["make_administrator"]

    @admin.action(description=_("Make administrator"))
    def make_administrator(self, request: HttpRequest, memberships: QuerySet[Membership]) -> None:
        raised = [installations.make_administrator(each, actor=request.user) for each in memberships]
        self.said(request, sum(raised))


@admin.register(Installation)
class InstallationAdmin(LookOnly):
    list_display = ["user", "organisation", "state", "expires_at", "refresh_expires_at", "version", "granted_at"]
    list_filter = ["state"]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__name", "organisation__name", "open_id"]
    fields = [
        "user", "organisation", "sdk_id", "open_id", "userid", "state", "scopes", "plan", "expires_at", "refresh_expires_at",
        "version", "lease_until", "granted_at", "warned_at", "made_at",
    ]  # fmt: skip
    actions = ["refresh_now", "end_grant"]

    @admin.action(description=_("Refresh the tokens now"))
    def refresh_now(self, request: HttpRequest, grants: QuerySet[Installation]) -> None:
        self.said(request, sum(tokens.try_renew(grant) for grant in grants))

    @admin.action(description=_("End the grant here"))
    def end_grant(self, request: HttpRequest, grants: QuerySet[Installation]) -> None:
        self.said(request, sum(leaving.withdraw(grant, actor=request.user) for grant in grants))


@admin.register(EnterpriseCredential)
class EnterpriseCredentialAdmin(LookOnly):
    list_display = ["organisation", "app_id", "sdk_id", "masked", "checked_at", "entered_by"]
    list_select_related = ["organisation", "entered_by"]
    search_fields = ["organisation__name", "app_id"]
    fields = ["organisation", "app_id", "sdk_id", "masked", "operator_userid", "checked_at", "entered_by"]
    actions = ["remove"]

    @admin.display(description="SecretId")
    def masked(self, credential: EnterpriseCredential) -> str:
        return enterprise.masked(credential.secret_id)

    @admin.action(description=_("Remove the credential"))
    def remove(self, request: HttpRequest, found: QuerySet[EnterpriseCredential]) -> None:
        for credential in found:
            enterprise.remove(credential, actor=request.user)
        self.said(request, len(found))


@admin.register(Invitation)
class InvitationAdmin(LookOnly):
    list_display = ["organisation", "role", "invited_by", "expires_at", "used_by", "used_at"]
    list_select_related = ["organisation", "invited_by", "used_by"]
    fields = ["organisation", "role", "invited_by", "expires_at", "used_by", "used_at"]


@admin.register(AdministratorNotice)
class AdministratorNoticeAdmin(LookOnly):
    list_display = ["open_id", "open_corp_id", "told_at"]
    search_fields = ["open_id", "open_corp_id"]
    fields = ["sdk_id", "open_id", "open_corp_id", "told_at"]
