"""Members, roles and invitations."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portal.accounts import members
from portal.accounts.models import Invitation, Membership
from portal.audit.models import Entry
from tests import factories

Role = Membership.Role


@pytest.fixture
def administrator(db):
    return factories.make_member(role=Role.ADMINISTRATOR)


@pytest.fixture
def organiser(administrator):
    return factories.make_member(administrator.organisation, name="周一白")


def signed_in(membership: Membership) -> Client:
    browser = Client()
    browser.force_login(membership.user)
    return browser


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "sees_all", "plans", "decides", "reveals", "administers"),
        [
            (Role.ADMINISTRATOR, True, True, True, True, True),
            (Role.ORGANISER, False, True, True, True, False),
            (Role.ASSISTANT, False, False, True, False, False),
            (Role.VIEWER, False, False, False, False, False),
            (Role.COMPLIANCE, True, False, False, True, False),
        ],
    )
    def test_may_do_what_the_table_says(self, role, sees_all, plans, decides, reveals, administers):
        member = Membership(role=role)
        assert (member.may_see_all, member.may_plan, member.may_decide, member.may_reveal, member.is_administrator) == (
            sees_all, plans, decides, reveals, administers,
        )  # fmt: skip

    def test_are_changed_by_an_administrator(self, administrator, organiser):
        answer = signed_in(administrator).post(f"/account/members/{organiser.pk}/", {"role": "viewer"})
        assert answer["Location"] == "/account/members/"
        organiser.refresh_from_db()
        assert organiser.role == Role.VIEWER
        assert Entry.objects.get(action="member.role").detail == {"former": "organiser", "role": "viewer"}

    def test_an_unknown_role_changes_nothing(self, administrator, organiser):
        answer = signed_in(administrator).post(f"/account/members/{organiser.pk}/", {"role": "king"})
        assert list(answer.context["form"].errors) == ["role"]

    def test_nobody_changes_their_own(self, administrator):
        factories.make_member(administrator.organisation, role=Role.ADMINISTRATOR)
        answer = signed_in(administrator).post(f"/account/members/{administrator.pk}/", {"role": "viewer"})
        assert list(answer.context["form"].errors) == ["role"]
        administrator.refresh_from_db()
        assert administrator.role == Role.ADMINISTRATOR

    def test_the_last_administrator_stays_one(self, administrator, organiser):
        with pytest.raises(members.NotPossible) as caught:
            members.change_role(administrator, Role.VIEWER, actor=organiser.user)
        assert caught.value.code == "last_administrator"

    def test_one_of_two_administrators_may_be_another(self, administrator, organiser):
        members.change_role(organiser, Role.ADMINISTRATOR, actor=administrator.user)
        members.change_role(administrator, Role.VIEWER, actor=organiser.user)
        assert Membership.objects.get(pk=administrator.pk).role == Role.VIEWER


class TestRemoving:
    def test_ends_what_the_person_sees(self, administrator, organiser):
        browser = signed_in(administrator)
        assert browser.get(f"/account/members/{organiser.pk}/remove/").status_code == 200
        browser.post(f"/account/members/{organiser.pk}/remove/")
        assert signed_in(organiser).get("/account/")["Location"] == "/account/no-organisation/"

    def test_is_not_possible_for_oneself(self, administrator):
        factories.make_member(administrator.organisation, role=Role.ADMINISTRATOR)
        signed_in(administrator).post(f"/account/members/{administrator.pk}/remove/")
        assert Membership.objects.filter(pk=administrator.pk).count() == 1

    def test_is_not_possible_for_the_last_administrator(self, administrator, organiser):
        with pytest.raises(members.NotPossible):
            members.remove(administrator, actor=organiser.user)

    def test_members_of_another_organisation_are_not_found(self, administrator):
        stranger = factories.make_member()
        browser = signed_in(administrator)
        for address in (f"/account/members/{stranger.pk}/", f"/account/members/{stranger.pk}/remove/"):
            assert (browser.get(address).status_code, browser.post(address).status_code) == (404, 404)
        assert Membership.objects.filter(pk=stranger.pk).count() == 1


class TestInvitations:
    @pytest.fixture
    def guest(self, db):
        return factories.make_member(name="客人")

    def test_are_shown_once_and_let_one_person_in(self, administrator, guest):
        shown = signed_in(administrator).post("/account/invite/", {"role": "assistant"})
        code = shown.context["code"]
        assert code in shown.content.decode()
        assert code not in signed_in(administrator).get("/account/members/").content.decode()
        browser = signed_in(guest)
        assert browser.post("/account/join/", {"code": f" {code.lower()} "})["Location"] == "/account/"
        joined = Membership.objects.get(user=guest.user, organisation=administrator.organisation)
        assert joined.role == Role.ASSISTANT
        assert browser.get("/account/").context["organisation"] == administrator.organisation

    def test_work_once_only(self, administrator, guest):
        code = members.invite(administrator.organisation, Role.VIEWER, actor=administrator.user)
        members.accept(code, guest.user)
        late = factories.make_member(name="晚到")
        answer = signed_in(late).post("/account/join/", {"code": code})
        assert list(answer.context["form"].errors) == ["code"]
        assert Membership.objects.filter(organisation=administrator.organisation).count() == 2

    def test_expire(self, administrator, guest):
        code = members.invite(administrator.organisation, Role.VIEWER, actor=administrator.user)
        with pytest.raises(members.NotPossible) as caught:
            members.accept(code, guest.user, now=timezone.now() + timedelta(days=7, seconds=1))
        assert caught.value.code == "spent"

    def test_can_be_withdrawn(self, administrator, guest):
        code = members.invite(administrator.organisation, Role.VIEWER, actor=administrator.user)
        signed_in(administrator).post(f"/account/invitations/{Invitation.objects.get().pk}/withdraw/")
        with pytest.raises(members.NotPossible):
            members.accept(code, guest.user)

    def test_of_another_organisation_cannot_be_withdrawn(self, administrator, guest):
        members.invite(administrator.organisation, Role.VIEWER, actor=administrator.user)
        stranger = factories.make_member(role=Role.ADMINISTRATOR)
        answer = signed_in(stranger).post(f"/account/invitations/{Invitation.objects.get().pk}/withdraw/")
        assert answer.status_code == 404

    def test_do_not_change_the_role_of_a_member(self, administrator, organiser):
        code = members.invite(administrator.organisation, Role.ADMINISTRATOR, actor=administrator.user)
        with pytest.raises(members.NotPossible) as caught:
            members.accept(code, organiser.user)
        assert caught.value.code == "member"
        assert Invitation.objects.get().used_at is None

    def test_lie_as_a_hash_only(self, administrator):
        code = members.invite(administrator.organisation, Role.VIEWER, actor=administrator.user)
        assert code not in Invitation.objects.get().token_hash

    def test_are_no_secret_in_the_audit_log(self, administrator):
        code = members.invite(administrator.organisation, Role.VIEWER, actor=administrator.user)
        assert code not in str(Entry.objects.values())


class TestTwoOrganisations:
    @pytest.fixture
    def both(self, administrator):
        other = factories.make_organisation("澄明医药")
        Membership.objects.create(user=administrator.user, organisation=other, role=Role.VIEWER)
        return administrator.organisation, other

    def test_one_picks_where_to_work(self, administrator, both):
        browser = signed_in(administrator)
        assert browser.get("/account/organisation/").status_code == 200
        browser.post("/account/organisation/", {"organisation": both[1].pk})
        assert browser.get("/account/").context["organisation"] == both[1]
        assert browser.get("/account/members/").status_code == 403

    def test_one_returns_to_the_page_one_came_from(self, administrator, both):
        browser = signed_in(administrator)
        for onward, goal in (("/account/", "/account/"), ("https://evil.example/", "/")):
            answer = browser.post("/account/organisation/", {"organisation": both[1].pk, "next": onward})
            assert answer["Location"] == goal

    @pytest.mark.parametrize("wanted", ["", "x", "999999", "²"])
    def test_one_cannot_pick_a_strangers(self, administrator, both, wanted):
        stranger = factories.make_organisation("陌生")
        browser = signed_in(administrator)
        for value in (wanted, stranger.pk):
            assert browser.post("/account/organisation/", {"organisation": value}).status_code == 404
        assert browser.get("/account/").context["organisation"] == both[0]


class TestTheList:
    def test_is_searched_and_filtered(self, administrator, organiser):
        browser = signed_in(administrator)
        assert shown(browser.get("/account/members/")) == {administrator, organiser}
        assert shown(browser.get("/account/members/", {"name": "周一"})) == {organiser}
        assert shown(browser.get("/account/members/", {"role": "administrator"})) == {administrator}

    def test_takes_the_same_queries_for_many_as_for_one(self, administrator, django_assert_num_queries):
        browser = signed_in(administrator)
        browser.get("/account/members/")
        with django_assert_num_queries(8):
            browser.get("/account/members/")
        for _ in range(5):
            factories.make_member(administrator.organisation)
        with django_assert_num_queries(8):
            browser.get("/account/members/")


def shown(answer) -> set[Membership]:
    return {row.record for row in answer.context["table"].rows}
