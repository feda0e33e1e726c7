from django.urls import path

from portal.accounts.views import account, enterprise, members

app_name = "accounts"
urlpatterns = [
    path("", account.account, name="account"),
    path("organisation/", account.choose_organisation, name="choose_organisation"),
    path("no-organisation/", account.no_organisation, name="no_organisation"),
    path("disconnect/", account.disconnect, name="disconnect"),
    path("close/", account.close, name="close"),
    path("credential/", enterprise.credential, name="credential"),
    path("credential/remove/", enterprise.credential_remove, name="credential_remove"),
    path("policy/", members.matching_policy, name="policy"),
    path("members/", members.members, name="members"),
    path("members/<int:pk>/", members.member, name="member"),
    path("members/<int:pk>/remove/", members.member_remove, name="member_remove"),
    path("invite/", members.invite, name="invite"),
    path("invitations/<int:pk>/withdraw/", members.invitation_withdraw, name="invitation_withdraw"),
    path("join/", members.accept_invitation, name="accept_invitation"),
]
