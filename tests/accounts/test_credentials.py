"""Which credential speaks for which meeting, and what is said where none may."""

import pytest

from portal.accounts.credentials import NoCredential, Origin, client_for, userid_of
from portal.accounts.models import Installation, User
from portal.tencent import directory, meetings
from tests import factories


def made_by(membership, kind: str = "oauth", userid: str = "") -> Origin:
    return Origin(kind, membership.user.open_id if kind == "oauth" else "", userid)


def refusal(call: str, membership, **about) -> str:
    with pytest.raises(NoCredential) as caught:
        client_for(call, organisation=membership.organisation, **about)
    assert caught.value.code == "no_credential"
    assert caught.value.sentence
    return caught.value.reason


class TestWithAGrantAlone:
    @pytest.fixture
    def organiser(self, install):
        return install("organiser")

    def test_own_meetings_are_served_by_the_grant(self, organiser):
        client = client_for("meetings.read", organisation=organiser.organisation, origin=made_by(organiser))
        assert (client.kind, client.user_id) == ("oauth", organiser.user.open_id)

    def test_own_calls_are_made_with_the_operators_grant(self, organiser):
        client = client_for("meetings.create", organisation=organiser.organisation, operator=organiser.user)
        list(meetings.list_upcoming(client))
        assert client.user_id == organiser.user.open_id

    @pytest.mark.parametrize("call", ["links.create", "pstn.ms_open_ids", "directory.list_users"])
    def test_what_refuses_oauth_needs_the_enterprise_credential(self, organiser, call):
        assert refusal(call, organiser, origin=made_by(organiser)) == "no_keys"

    @pytest.mark.parametrize("kind", ["keys", "elsewhere"])
    def test_meetings_not_made_by_oauth_need_the_enterprise_credential(self, organiser, kind):
        assert refusal("meetings.read", organiser, origin=made_by(organiser, kind)) == "no_keys"

    def test_a_colleagues_meeting_is_not_served_by_my_grant(self, organiser):
        other = Origin("oauth", "somebody-else")
        assert refusal("meetings.read", organiser, operator=organiser.user, origin=other) == "no_grant"

    def test_an_ended_grant_says_connect_again(self, organiser):
        Installation.objects.update(state=Installation.State.GONE)
        assert refusal("meetings.read", organiser, origin=made_by(organiser)) == "connect_again"

    def test_a_missing_permission_is_named(self, organiser):
        Installation.objects.update(scopes=["VIEW_MEETING"])
        assert refusal("meetings.create", organiser, operator=organiser.user) == "scope"

    def test_nobody_in_particular_makes_no_call_with_somebodys_grant(self, organiser):
        assert refusal("meetings.create", organiser) == "no_grant"

    def test_an_invited_member_has_no_grant_here(self, organiser, install):
        guest = install("personal")
        assert refusal("meetings.create", organiser, operator=guest.user) == "no_grant"

    def test_a_frozen_organisation_makes_no_call(self, organiser):
        organiser.organisation.frozen_at = organiser.made_at
        assert refusal("meetings.read", organiser, origin=made_by(organiser)) == "frozen"


class TestWithBoth:
    @pytest.fixture
    def administrator(self, install):
        return install("administrator", credential=True)

    def test_the_grant_is_preferred_where_both_may(self, administrator):
        client = client_for("meetings.read", organisation=administrator.organisation, origin=made_by(administrator))
        assert client.kind == "oauth"

    def test_links_for_my_own_meeting_are_made_in_my_name(self, administrator):
        client = client_for("links.create", organisation=administrator.organisation, origin=made_by(administrator))
        own = administrator.user.installations.get().userid
        assert (client.kind, client.user_id) == ("key", own)

    def test_the_userid_of_a_colleague_is_looked_up_once(self, administrator, install, sandbox):
        colleague = install("organiser")
        credential = administrator.organisation.enterprise_credential
        calls = "POST /v1/users/open-id-to-userid"
        before = sandbox.get("ledger")["calls"].get(calls, 0)
        client = client_for("links.create", organisation=colleague.organisation, origin=made_by(colleague))
        assert client.user_id == userid_of(credential, colleague.user.open_id) != ""
        assert sandbox.get("ledger")["calls"].get(calls, 0) - before == 1

    def test_the_switch_keeps_the_keys_from_meetings_made_by_oauth(self, administrator, settings):
        settings.TENCENT_KEYS_MAY_USE_OAUTH_MEETINGS = False
        assert refusal("links.create", administrator, origin=made_by(administrator)) == "keys_not_for_this"

    def test_a_creator_the_enterprise_does_not_know_cannot_be_acted_for(self, administrator):
        assert refusal("links.create", administrator, origin=Origin("oauth", "stranger")) == "creator_unknown"

    def test_a_meeting_made_with_the_keys_is_served_in_its_creators_name(self, administrator):
        origin = Origin("keys", "", "suyuguo")
        client = client_for("meetings.read", organisation=administrator.organisation, origin=origin)
        assert (client.kind, client.user_id) == ("key", "suyuguo")

    def test_a_meeting_made_elsewhere_without_known_creator_is_served_in_the_operators_name(self, administrator):
        client = client_for("meetings.read", organisation=administrator.organisation, origin=Origin("elsewhere"))
        assert client.user_id == administrator.organisation.enterprise_credential.operator_userid

    def test_the_directory_is_read_with_the_keys(self, administrator):
        client = client_for(
            "directory.list_users", organisation=administrator.organisation, operator=administrator.user
        )
        assert administrator.user.name in {user.username for user in directory.list_users(client)}

    def test_the_grant_alone_may_say_who_gave_it(self, administrator):
        Installation.objects.update(state=Installation.State.GONE)
        assert refusal("directory.basic_info", administrator, operator=administrator.user) == "connect_again"

    def test_with_a_dead_grant_the_keys_step_in(self, administrator):
        Installation.objects.update(state=Installation.State.GONE)
        client = client_for("meetings.read", organisation=administrator.organisation, origin=made_by(administrator))
        assert client.kind == "key"

    def test_another_organisations_keys_are_never_used(self, administrator):
        stranger = factories.make_member()
        assert refusal("links.create", stranger, origin=Origin("keys")) == "no_keys"
        assert User.objects.count() == 2
