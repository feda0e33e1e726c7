import json
import time

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.accounts.models import EnterpriseCredential
from portal.crypto import open_sealed
from portal.jobs.models import Job
from portal.webhooks import inbox
from portal.webhooks.models import Delivery, PlatformEvent
from tests import factories
from tests.webhooks import wire

TOKEN = "AbCdEfGhIjKlMnOpQrStUvWx1"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACKNOWLEDGEMENT = b"successfully received callback"
ADDRESS = "/hooks/tencent/"


@pytest.fixture
def app(settings, db):
    settings.TENCENT_WEBHOOK_TOKEN = TOKEN
    settings.TENCENT_WEBHOOK_AES_KEY = AES_KEY
    return settings


def now_ms(shift: float = 0) -> str:
    return str(int((time.time() + shift) * 1000))


def post(
    plain: str, *, address: str = ADDRESS, token: str = TOKEN, aes_key: str = AES_KEY, at: str = "", **spoilt: str
):
    data = wire.encrypt(plain, aes_key)
    headers = wire.signed(token, data, at or now_ms()) | spoilt
    return Client().post(address, json.dumps({"data": data}), content_type="application/json", headers=headers)


def get(check_str: str, headers: dict[str, str], address: str = ADDRESS):
    return Client().get(address, {"check_str": check_str}, headers=headers)


JOINED = wire.envelope(
    "meeting.participant-joined", "e7aa65dd-f7e6-4b62-912c-2035173b34a9", {"operate_time": 1609313201465}
)


class TestCheckOfTheAddress:
    def test_golden_vector_is_answered_bare(self, app):
        check_str = "rECR+t/jRZwWsEac7PxY+xUwOJnWxoPpXurQXfP6BmQ="
        headers = {
            "timestamp": "1766194600155",
            "nonce": "33247089",
            "signature": "ec030b4a2fb686d8b583648666fdd32e418579af",
        }
        address = inbox.address_of()
        assert inbox.check(address, headers, check_str, now=1766194600.2) == "hello-wemeet-check"

    def test_a_fresh_check_is_answered_over_http(self, app):
        check_str = wire.encrypt("hello-wemeet-check", AES_KEY)
        answer = get(check_str, wire.signed(TOKEN, check_str, now_ms()))
        assert (answer.status_code, answer.content) == (200, b"hello-wemeet-check")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"

    def test_a_captured_event_is_not_decrypted(self, app):
        data = wire.encrypt(JOINED, AES_KEY)
        answer = get(data, wire.signed(TOKEN, data, now_ms()))
        assert (answer.status_code, answer.content) == (403, b"refused")

    def test_an_old_check_is_refused(self, app):
        check_str = wire.encrypt("hello", AES_KEY)
        assert get(check_str, wire.signed(TOKEN, check_str, now_ms(-400))).status_code == 403

    def test_a_check_without_anything_is_refused(self, app):
        assert Client().get(ADDRESS).status_code == 403


class TestEvents:
    def test_golden_vector_is_kept(self, app):
        data = (
            "e3rc/bZXIO/hFRmixpASDUF3RHEyM6dJn5RbqF3D6DAPBxIPV5TlbPTLX7btCI+lAn6TJENF1AFMuBds/5O7gKPuFfGC0Dw2RgSc8D2L5pRo"
            "5WpFLLOPcRIMcpAFryO+KO2DIZEUtMAPg0OwPiMFy72JW4NX3aDNa5zE78CZ2Mbsvq59uXrj0BSVrOMe2INX"
        )
        headers = {
            "timestamp": "1766194600155",
            "nonce": "33247089",
            "signature": "962227bb6720a3d8210712aecbafba8c99115b3e",
        }
        assert inbox.receive(inbox.address_of(), headers, json.dumps({"data": data}).encode(), now=1766194601) == 1
        kept = PlatformEvent.objects.get()
        assert (kept.event, kept.trace_id) == ("meeting.participant-joined", "e7aa65dd-f7e6-4b62-912c-2035173b34a9")

    def test_golden_vector_without_encryption_is_kept(self, app):
        app.TENCENT_WEBHOOK_AES_KEY = ""
        data = (
            "eyJldmVudCI6Im1lZXRpbmcucGFydGljaXBhbnQtam9pbmVkIiwidHJhY2VfaWQiOiJlN2FhNjVkZC1mN2U2LTRiNjItOTEyYy0yMDM1MTcz"
            "YjM0YTkiLCJwYXlsb2FkIjpbeyJvcGVyYXRlX3RpbWUiOjE2MDkzMTMyMDE0NjV9XX0"
        )
        headers = {
            "timestamp": "1766194600155",
            "nonce": "33247089",
            "signature": "a018c24fcb1eccf4cdceba64d49adc34d9198aa8",
        }
        assert inbox.receive(inbox.address_of(), headers, json.dumps({"data": data}).encode(), now=1766194601) == 1

    def test_the_answer_is_the_exact_words(self, app):
        answer = post(JOINED)
        assert (answer.status_code, answer.content) == (200, ACKNOWLEDGEMENT)

    def test_a_repeat_is_answered_and_kept_once(self, app):
        post(JOINED)
        assert post(JOINED).content == ACKNOWLEDGEMENT
        assert PlatformEvent.objects.count() == 1

    def test_every_entry_of_an_envelope_is_kept(self, app):
        post(wire.envelope("meeting.end", "t-1", {"operate_time": 1609313201465}, {"operate_time": 1609313201466}))
        assert list(PlatformEvent.objects.order_by("index").values_list("index", flat=True)) == [0, 1]

    def test_the_former_name_of_the_unique_value_counts(self, app):
        post(json.dumps({"event": "meeting.created", "unique_sequence": "u-1", "payload": [{}]}))
        assert PlatformEvent.objects.get().trace_id == "u-1"

    def test_an_unknown_event_is_kept_and_answered(self, app):
        answer = post(wire.envelope("smart.unheard-of", "t-2", {"new": {"field": 1}}))
        assert (answer.content, PlatformEvent.objects.get().event) == (ACKNOWLEDGEMENT, "smart.unheard-of")
        assert Delivery.objects.count() == 0

    def test_consumers_get_a_delivery_and_a_job(self, app):
        post(wire.envelope("oauth.cancel-auth", "t-3", {"cancel_open_id_list": []}))
        post(wire.envelope("oauth.cancel-auth", "t-4", {"cancel_open_id_list": []}))
        assert Delivery.objects.filter(consumer="webhooks.end_grants").count() == 2
        assert Job.objects.get(task="webhooks.end_grants").arguments == {"about": ""}

    def test_the_body_lies_encrypted(self, app):
        post(JOINED)
        kept = PlatformEvent.objects.get()
        assert kept.body == JOINED
        with connection.cursor() as cursor:
            cursor.execute("SELECT body FROM webhooks_platformevent")
            assert open_sealed(cursor.fetchone()[0].encode()).decode() == JOINED

    @pytest.mark.parametrize("length", [65, 300])
    def test_a_strangely_long_id_is_kept_once(self, app, length):
        plain = wire.envelope("meeting.end", "t" * length, {})
        post(plain)
        assert post(plain).content == ACKNOWLEDGEMENT
        assert PlatformEvent.objects.count() == 1


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "spoilt",
        [
            {"token": "AbCdEfGhIjKlMnOpQrStUvWx2"},
            {"signature": "0" * 40},
            {"signature": ""},
            {"nonce": "12a"},
            {"nonce": ""},
            {"timestamp": "1766194600"},
            {"at": "1766194600155"},
            {"aes_key": "Abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"},
            {"aes_key": ""},
        ],
    )
    def test_forged_stale_and_split_deliveries_get_one_answer(self, app, spoilt):
        answer = post(JOINED, **spoilt)
        assert (answer.status_code, answer.content) == (403, b"refused")
        assert PlatformEvent.objects.count() == 0

    def test_timestamp_and_nonce_cannot_be_split_anew(self, app):
        data = wire.encrypt(JOINED, AES_KEY)
        headers = wire.signed(TOKEN, data, now_ms(), "33247089")
        split = headers | {"timestamp": headers["timestamp"] + "3", "nonce": "3247089"}
        answer = Client().post(ADDRESS, json.dumps({"data": data}), content_type="application/json", headers=split)
        assert answer.status_code == 403

    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"data": 5}', b"\xff", b"[" * 100_000])
    def test_a_body_of_another_shape_is_refused(self, app, body):
        answer = Client().post(ADDRESS, body, content_type="application/json", headers=wire.signed(TOKEN, "", now_ms()))
        assert (answer.status_code, answer.content) == (403, b"refused")

    def test_a_huge_body_is_refused(self, app):
        assert post(wire.envelope("meeting.end", "t", {"filler": "x" * 1_100_000})).status_code == 403

    def test_an_unconfigured_token_accepts_nothing(self, app):
        app.TENCENT_WEBHOOK_TOKEN = ""
        assert post(JOINED, token="").status_code == 403

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_other_methods_are_not_allowed(self, app, method):
        assert getattr(Client(), method)(ADDRESS).status_code == 405


@pytest.fixture
def credential(app):
    member = factories.make_member(factories.make_organisation(sdk_id=app.TENCENT_SDK_ID), role="administrator")
    return EnterpriseCredential.objects.create(
        organisation=member.organisation, app_id="1", secret_id="i", secret_key="k", operator_userid="u",
        slug="guess-me-not",
        webhook_token="Z" * 25, webhook_aes_key="", checked_at=timezone.now(), entered_by=member.user,
    )  # fmt: skip


class TestAddressesOfEnterprises:
    def test_own_token_opens_own_address(self, credential):
        answer = post(JOINED, address="/hooks/tencent/guess-me-not/", token="Z" * 25, aes_key="")
        assert answer.content == ACKNOWLEDGEMENT
        assert list(inbox.organisations(PlatformEvent.objects.get())) == [credential.organisation]

    def test_the_token_of_the_app_does_not_open_it(self, credential):
        assert post(JOINED, address="/hooks/tencent/guess-me-not/").status_code == 403

    def test_an_unknown_address_is_refused_like_a_forgery(self, credential):
        answer = post(JOINED, address="/hooks/tencent/somewhere/")
        assert (answer.status_code, answer.content) == (403, b"refused")

    def test_the_same_event_at_two_addresses_is_two_rows(self, credential):
        post(JOINED)
        post(JOINED, address="/hooks/tencent/guess-me-not/", token="Z" * 25, aes_key="")
        assert PlatformEvent.objects.count() == 2

    def test_the_app_speaks_for_the_organisations_of_the_app_only(self, credential):
        factories.make_organisation(sdk_id="another-app")
        post(JOINED)
        assert list(inbox.organisations(PlatformEvent.objects.get())) == [credential.organisation]

    def test_a_frozen_organisation_is_spoken_for_by_nobody(self, credential):
        credential.organisation.frozen_at = timezone.now()
        credential.organisation.save()
        post(JOINED)
        assert list(inbox.organisations(PlatformEvent.objects.get())) == []
