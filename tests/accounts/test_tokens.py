"""One refresh at a time, whoever asks and however many; a lost answer costs the grant and says so."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from django.utils import timezone

from portal.accounts import credentials, tokens
from portal.accounts.models import Installation
from portal.audit.models import Entry
from portal.jobs import queue
from portal.tencent import directory
from portal.tencent.errors import AnswerLost, GrantGone, TryAgain
from tests import rounds
from tests.postgres import postgres

ROOT = Path(__file__).resolve().parents[2]
REFRESH = "POST /wemeet-webapi/v2/oauth2/oauth/refresh_token"


@pytest.fixture
def installation(install):
    install("organiser")
    return Installation.objects.get()


@pytest.fixture
def faults(sandbox):
    yield lambda **fault: sandbox.post("faults", call=REFRESH, **fault)
    requests.delete(f"{sandbox.url}/_sandbox/faults", timeout=30).raise_for_status()


def refreshes(sandbox, open_id: str) -> int:
    return sandbox.get("ledger")["refreshes"].get(open_id, 0)


class TestRenewing:
    def test_gives_a_new_pair_and_keeps_both_tokens(self, installation):
        renewed = tokens.renew(installation)
        kept = Installation.objects.get()
        assert renewed.access_token == kept.access_token != installation.access_token
        assert kept.refresh_token != installation.refresh_token
        assert (kept.version, kept.lease, kept.lease_until) == (installation.version + 1, "", None)

    def test_is_left_out_where_somebody_did_it_meanwhile(self, installation, sandbox):
        before = refreshes(sandbox, installation.open_id)
        first = tokens.renew(installation)
        second = tokens.renew(installation)
        assert second.access_token == first.access_token
        assert refreshes(sandbox, installation.open_id) - before == 1

    def test_is_left_out_while_the_token_still_lives(self, installation, sandbox):
        before = refreshes(sandbox, installation.open_id)
        assert tokens.fresh(installation).access_token == installation.access_token
        assert refreshes(sandbox, installation.open_id) == before

    def test_happens_shortly_before_the_end(self, installation):
        soon = installation.expires_at - timedelta(minutes=4)
        assert tokens.fresh(installation, now=soon).version == installation.version + 1

    def test_waits_for_nobody_whose_lease_ran_out(self, installation):
        Installation.objects.update(lease="dead", lease_until=timezone.now() - timedelta(seconds=1))
        assert tokens.renew(installation).version == installation.version + 1

    def test_gives_up_on_a_process_that_holds_the_lease_too_long(self, installation, monkeypatch):
        Installation.objects.update(lease="busy", lease_until=timezone.now() + timedelta(seconds=60))
        monkeypatch.setattr(tokens, "PATIENCE", 0.2)
        with pytest.raises(TryAgain):
            tokens.renew(installation)

    def test_of_an_installation_that_came_in_between_does_not_overwrite_it(self, installation, sandbox, monkeypatch):
        ask = tokens._ask_once

        def reinstalled_meanwhile(current):
            grant = ask(current)
            rounds.install(sandbox.world)
            return grant

        monkeypatch.setattr(tokens, "_ask_once", reinstalled_meanwhile)
        got = tokens.renew(installation)
        newest = Installation.objects.get()
        assert got.access_token == newest.access_token
        assert newest.version == installation.version + 1


class TestALostAnswer:
    def test_costs_the_grant_and_asks_to_connect_again(self, installation, faults):
        faults(kind="cut_after_commit", nth=1)
        with pytest.raises(GrantGone):
            tokens.renew(installation)
        kept = Installation.objects.get()
        assert (kept.state, kept.access_token, kept.refresh_token) == (Installation.State.GONE, "", "")
        assert Entry.objects.filter(action="installation.gone").count() == 1

    def test_before_the_effect_costs_nothing(self, installation, faults):
        faults(kind="cut_before", nth=1)
        assert tokens.renew(installation).state == Installation.State.ALIVE

    def test_that_stays_lost_frees_the_lease_and_is_tried_later(self, installation, faults):
        faults(kind="cut_before", every=1, times=2)
        with pytest.raises(AnswerLost):
            tokens.renew(installation)
        kept = Installation.objects.get()
        assert (kept.state, kept.lease) == (Installation.State.ALIVE, "")
        assert tokens.renew(installation).version == installation.version + 1

    def test_is_cured_by_signing_in_again(self, installation, faults, install):
        faults(kind="cut_after_commit", nth=1)
        with pytest.raises(GrantGone):
            tokens.renew(installation)
        install("organiser")
        assert Installation.objects.get().state == Installation.State.ALIVE


class TestAClient:
    def test_that_meets_a_dead_token_renews_it_once_and_goes_on(self, installation, sandbox):
        sandbox.post("tokens/expire", open_id=installation.open_id)
        before = refreshes(sandbox, installation.open_id)
        client = credentials.grant_client(installation)
        assert directory.basic_info(client).username == installation.user.name
        assert refreshes(sandbox, installation.open_id) - before == 1

    def test_whose_grant_was_withdrawn_marks_it_gone(self, installation, sandbox):
        sandbox.post(f"users/{installation.open_id}/uninstall")
        with pytest.raises(GrantGone):
            directory.basic_info(credentials.grant_client(installation))
        assert Installation.objects.get().state == Installation.State.GONE


class TestTheHourlyWork:
    def test_renews_what_ends_within_ninety_minutes(self, installation):
        late = installation.expires_at - timedelta(minutes=89)
        assert [each.pk for each in tokens.to_renew(late)] == [installation.pk]
        assert list(tokens.to_renew(installation.expires_at - timedelta(minutes=91))) == []

    def test_goes_on_after_a_grant_that_is_gone(self, installation, sandbox, install, run_jobs):
        other = install("personal").user.installations.get()
        sandbox.post(f"users/{installation.open_id}/uninstall")
        Installation.objects.update(expires_at=timezone.now())
        queue.enqueue("accounts.refresh_tokens", subject="schedule", period="now")
        run_jobs()
        installation.refresh_from_db()
        assert installation.state == Installation.State.GONE
        assert other.version + 1 == Installation.objects.get(pk=other.pk).version

    def test_warns_once_before_the_thirty_days_end(self, installation):
        soon = installation.refresh_expires_at - timedelta(days=4)
        assert (tokens.warn_of_ending(soon), tokens.warn_of_ending(soon)) == (1, 0)
        assert Entry.objects.filter(action="installation.ending").count() == 1

    def test_does_not_warn_early(self, installation):
        assert tokens.warn_of_ending(installation.refresh_expires_at - timedelta(days=6)) == 0


def race(sandbox, database: str, *options: str) -> tuple[dict, int]:
    """Let fifty processes race; gives what became of the grant and how often the platform was asked."""
    open_id = rounds.find(sandbox.world, "organiser")["open_id"]
    before = refreshes(sandbox, open_id)
    environment = (
        os.environ | sandbox.world["env"] | {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "portal.settings"}
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.accounts.race", *options], cwd=ROOT, env=environment, timeout=200, check=False,
        input=json.dumps({key: sandbox.world[key] for key in ("enterprises", "personal_user")}),
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), refreshes(sandbox, open_id) - before


ONE_FOR_ALL = {"state": "alive", "pairs": 1, "same": 50, "lease": ""}


class TestFiftyProcesses:
    def test_refresh_once_on_sqlite(self, sandbox, tmp_path):
        assert race(sandbox, f"sqlite:///{tmp_path}/race.sqlite3") == (ONE_FOR_ALL, 1)

    def test_lose_the_grant_without_the_lease(self, sandbox, tmp_path):
        outcome, asked = race(sandbox, f"sqlite:///{tmp_path}/race.sqlite3", "--without-lease")
        assert outcome != ONE_FOR_ALL or asked > 1

    @pytest.mark.postgres
    def test_refresh_once_on_postgresql(self, sandbox, tmp_path):
        with postgres() as database:
            assert race(sandbox, database) == (ONE_FOR_ALL, 1)
