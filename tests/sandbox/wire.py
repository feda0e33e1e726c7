"""A client of the sandbox, written from the platform's documents and knowing nothing of our own client."""

import base64
import hashlib
import hmac
import itertools
import json
import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

Json = dict[str, Any]


def sign(secret_key: str, method: str, key: str, nonce: str, timestamp: str, uri: str, body: str) -> str:
    header = f"X-TC-Key={key}&X-TC-Nonce={nonce}&X-TC-Timestamp={timestamp}"
    text = f"{method}\n{header}\n{uri}\n{body}"
    digest = hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()


def tag(text: str) -> str:
    return base64.b64encode(json.dumps({"ver": "1.0", "userData": text}).encode()).decode()


class Keys:
    """Headers of an enterprise's own app."""

    def __init__(self, enterprise: Json) -> None:
        self.enterprise = enterprise

    def headers(self, nonce: str, timestamp: str, method: str, uri: str, body: str) -> dict[str, str]:
        own = self.enterprise
        return {
            "X-TC-Key": own["secret_id"],
            "X-TC-Timestamp": timestamp,
            "X-TC-Nonce": nonce,
            "X-TC-Signature": sign(own["secret_key"], method, own["secret_id"], nonce, timestamp, uri, body),
            "AppId": own["app_id"],
            "SdkId": own["sdk_id"],
            "X-TC-Registered": "1",
        }


class Token:
    """Headers of a user of the OAuth app."""

    def __init__(self, pair: Json) -> None:
        self.pair = pair
        self.open_id = pair["open_id"]

    def headers(self, nonce: str, timestamp: str, *_: str) -> dict[str, str]:
        return {
            "AccessToken": self.pair["access_token"],
            "OpenId": self.open_id,
            "X-TC-Timestamp": timestamp,
            "X-TC-Nonce": nonce,
            "X-TC-Registered": "1",
        }


class Platform:
    """The running sandbox: its REST side by `call`, its control side by `get` and `post`."""

    nonces = itertools.count(int(time.time() * 1000) * 1_000_000)

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.world = self.get("world")
        self.app = self.world["app"]

    def get(self, path: str, **query: Any) -> Any:
        return self._good(self.session.get(f"{self.url}/_sandbox/{path}", params=query, timeout=30))

    def post(self, path: str, body: Any = None, **fields: Any) -> Any:
        wanted = body if body is not None else fields
        return self._good(self.session.post(f"{self.url}/_sandbox/{path}", json=wanted, timeout=60))

    def delete(self, path: str) -> Any:
        return self._good(self.session.delete(f"{self.url}/_sandbox/{path}", timeout=30))

    def switch(self, **values: Any) -> None:
        self.post("switches", values)

    def keys(self, place: int = 0) -> Keys:
        return Keys(self.world["enterprises"][place])

    def organiser(self, place: int = 0, number: int = 2) -> Json:
        return [user for user in self.world["enterprises"][place]["users"] if user["organises"]][number]

    def staff(self, place: int = 0) -> list[Json]:
        return [user for user in self.world["enterprises"][place]["users"] if not user["organises"]]

    def send(
        self, who: Keys | Token, method: str, path: str, body: Json | None = None, **query: Any
    ) -> requests.Response:
        uri = f"{path}?{urlencode(query)}" if query else path
        text = "" if body is None else json.dumps(body, ensure_ascii=False)
        headers = who.headers(str(next(self.nonces)), str(int(time.time())), method, uri, text)
        return self.session.request(
            method,
            self.url + uri,
            data=text.encode(),
            timeout=30,
            headers={"Content-Type": "application/json", **headers},
        )

    def call(self, who: Keys | Token, method: str, path: str, body: Json | None = None, **query: Any) -> Json:
        answer = self.send(who, method, path, body, **query)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else {}

    def refused(
        self, who: Keys | Token, method: str, path: str, body: Json | None = None, **query: Any
    ) -> tuple[int, int]:
        answer = self.send(who, method, path, body, **query)
        assert answer.status_code >= 400, answer.text
        assert len(answer.headers["X-Tc-Trace"]) == 32
        return answer.status_code, answer.json()["error_info"]["error_code"]

    def consent(
        self, open_id: str, redirect_uri: str = "http://127.0.0.1/cb?a=1", state: str = "s1", **extra: str
    ) -> requests.Response:
        form = {
            "corp_id": self.app["corp_id"],
            "sdk_id": self.app["sdk_id"],
            "redirect_uri": redirect_uri,
            "state": state,
            "as": open_id,
            "decision": "approve",
            **extra,
        }
        return self.session.post(
            f"{self.url}/marketplace/authorize.html", data=form, allow_redirects=False, timeout=30
        )

    def auth_code(self, open_id: str) -> str:
        target = self.consent(open_id).headers["Location"]
        return parse_qs(urlsplit(target).query)["auth_code"][0]

    def oauth(self, name: str, **body: str) -> requests.Response:
        return self.session.post(f"{self.url}/wemeet-webapi/v2/oauth2/oauth/{name}", json=body, timeout=30)

    def exchange(self, code: str) -> requests.Response:
        return self.oauth(
            "access_token", sdk_id=self.app["sdk_id"], secret=self.app["secret"], auth_code=code
        )

    def token(self, open_id: str) -> Token:
        return Token(self.exchange(self.auth_code(open_id)).json()["data"])

    def book(self, who: Keys | Token, start: int, end: int, **fields: Any) -> Json:
        userid = who.open_id if isinstance(who, Token) else self.organiser()["userid"]
        body = {
            "userid": userid,
            "instanceid": 1,
            "subject": "季度路演",
            "type": 0,
            "start_time": str(start),
            "end_time": str(end),
            **fields,
        }
        return self.call(who, "POST", "/v1/meetings", body)["meeting_info_list"][0]

    def webinar(self, who: Keys | Token, start: int, end: int, **fields: Any) -> Json:
        userid = who.open_id if isinstance(who, Token) else self.organiser()["userid"]
        body = {
            "userid": userid,
            "instanceid": 1,
            "subject": "公开课",
            "admission_type": 1,
            "start_time": str(start),
            "end_time": str(end),
            **fields,
        }
        return self.call(who, "POST", "/v1/webinars", body)

    def actor(self, who: Keys | Token) -> Json:
        """Return the operator pair with instanceid, as most calls want it."""
        if isinstance(who, Token):
            return {"operator_id": who.open_id, "operator_id_type": 2, "instanceid": 1}
        return {"operator_id": self.organiser()["userid"], "operator_id_type": 1, "instanceid": 1}

    def participants(self, who: Keys | Token, meeting_id: str, **query: Any) -> list[Json]:
        """Pull all pages as a caller should: feed the cursor back until nothing remains."""
        userid = who.open_id if isinstance(who, Token) else self.organiser()["userid"]
        rows: list[Json] = []
        pos = 0
        while True:
            page = self.call(
                who,
                "GET",
                f"/v1/meetings/{meeting_id}/participants",
                userid=userid,
                pos=pos,
                **({"size": 100} | query),
            )
            rows += page["participants"]
            if not page["has_remaining"]:
                return rows
            pos = page["next_pos"]

    def _good(self, answer: requests.Response) -> Any:
        assert answer.status_code == 200, answer.text
        return answer.json()
