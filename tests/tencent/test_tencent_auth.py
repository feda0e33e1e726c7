"""Signatures and headers, against the vectors of the platform files."""

import pytest

from portal.tencent.auth import KeyCredential, OAuthCredential, fresh_nonce, signature

VECTORS = [
    (
        "GET",
        "/v1/meetings/7567173273889276131?operator_id=tester1&operator_id_type=1&instanceid=1",
        "",
        ("88080", "1572168600"),
        "OGIwNzFiMzYwNDE2NjhlODA3MmJkOGM0NTFkYWJjY2M5MjlmZDVkYWU5OTU5MDBjOWM3MGQxODhjNWMxNzRmOQ==",
    ),
    (
        "POST",
        "/v1/meetings",
        '{"userid":"tester","instanceid":1,"subject":"测试会议","type":0,'
        '"start_time":"1651334400","end_time":"1651338000"}',
        ("88081", "1572168601"),
        "NjJkN2U2ZjA4YTViYjlhNGRkMTZjZDVjODFkYjM4ZmQxZjU2ZGE4NmRlZTRkNzU5ZGI2ODhkYmQwNGNhYTcxZg==",
    ),
    (
        "POST",
        "/v1/meetings/7567454748865986567/cancel",
        '{"userid":"test1","instanceid":1,"reason_code":1,"reason_detail":"取消会议"}',
        ("88080", "1572168600"),
        "NjU0MWJlOTU3N2Y3ZDViODE4ZDI4M2E4NzBjNmIwZGExYjg2MDYxOTI0MTJkOGU2OThjMDcyNjUzY2I2MTZkZA==",
    ),
]


@pytest.mark.parametrize(("method", "uri", "body", "stamps", "expected"), VECTORS)
def test_the_signature_of_each_golden_vector(
    method: str, uri: str, body: str, stamps: tuple[str, str], expected: str
) -> None:
    nonce, timestamp = stamps
    signed = signature(
        "AKIDEXAMPLE0001",
        "SecretKeyExample0001",
        method,
        uri,
        body.encode(),
        nonce=nonce,
        timestamp=timestamp,
    )
    assert signed == expected


def test_key_headers_carry_a_signature_over_what_is_sent() -> None:
    headers = KeyCredential("200001", "1700001", "ID", "KEY", "boss").headers(
        "PUT", "/v1/x?a=1", b"{}", now=9
    )
    nonce = headers.pop("X-TC-Nonce")
    expected = signature("ID", "KEY", "PUT", "/v1/x?a=1", b"{}", nonce=nonce, timestamp="9")
    assert headers == {
        "Content-Type": "application/json",
        "X-TC-Key": "ID",
        "X-TC-Timestamp": "9",
        "X-TC-Signature": expected,
        "AppId": "200001",
        "SdkId": "1700001",
        "X-TC-Registered": "1",
    }


def test_an_app_without_sdk_id_leaves_the_header_out() -> None:
    assert "SdkId" not in KeyCredential("200001", "", "ID", "KEY", "boss").headers("GET", "/", b"", now=9)


def test_oauth_headers_carry_no_signature() -> None:
    headers = OAuthCredential("secret-token", "alice").headers("GET", "/", b"", now=9)
    assert headers.pop("X-TC-Nonce").isdigit()
    assert headers == {
        "Content-Type": "application/json",
        "AccessToken": "secret-token",
        "OpenId": "alice",
        "X-TC-Timestamp": "9",
        "X-TC-Registered": "1",
    }


def test_nonces_are_positive_integers_and_never_the_same() -> None:
    nonces = {fresh_nonce() for _ in range(1000)}
    assert len(nonces) == 1000
    assert min(map(int, nonces)) > 0


@pytest.mark.parametrize(
    "credential", [OAuthCredential("hush", "alice"), KeyCredential("200001", "17", "hush", "hush", "boss")]
)
def test_a_credential_never_shows_its_secrets(credential: object) -> None:
    assert "hush" not in repr(credential)
