"""The two ways to sign a request: an OAuth grant, or the AK/SK pair of an enterprise's own app."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from typing import Literal

CredentialKind = Literal["oauth", "key"]
# A repeat within five minutes earns 190301; the official SDK sends 19 digits, so that many are accepted.
NONCE_BITS = 62


def fresh_nonce() -> str:
    """Return a random positive integer that no try has used before."""
    return str(secrets.randbits(NONCE_BITS) + 1)


@dataclass(frozen=True, slots=True)
class OAuthCredential:
    """A user's grant to our third-party app."""

    access_token: str = field(repr=False)
    open_id: str
    kind: CredentialKind = field(default="oauth", init=False)

    @property
    def user_id(self) -> str:
        """The id to put in `userid` and `operator_id`: it must equal the `OpenId` header."""
        return self.open_id

    @property
    def operator_type(self) -> int:
        """2: the operator is an open id."""
        return 2

    def headers(self, method: str, uri: str, body: bytes, *, now: int) -> dict[str, str]:
        """Return the headers of one try. Source: 51257."""
        return {
            "Content-Type": "application/json",
            "AccessToken": self.access_token,
            "OpenId": self.open_id,
            "X-TC-Timestamp": str(now),
            "X-TC-Nonce": fresh_nonce(),
            # 42417 demands it of creations, the SDK omits it under OAuth: sending it does no harm.
            "X-TC-Registered": "1",
        }


@dataclass(frozen=True, slots=True)
class KeyCredential:
    """An enterprise's own app; `operator` is the userid it acts as."""

    app_id: str
    sdk_id: str
    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    operator: str
    kind: CredentialKind = field(default="key", init=False)

    @property
    def user_id(self) -> str:
        """The id to put in `userid` and `operator_id`."""
        return self.operator

    @property
    def operator_type(self) -> int:
        """1: the operator is an enterprise userid."""
        return 1

    def headers(self, method: str, uri: str, body: bytes, *, now: int) -> dict[str, str]:
        """Return the headers of one try, signed over exactly the bytes given. Source: 42413."""
        nonce, timestamp = fresh_nonce(), str(now)
        signed = signature(
            self.secret_id, self.secret_key, method, uri, body, nonce=nonce, timestamp=timestamp
        )
        headers = {
            "Content-Type": "application/json",
            # The SecretId: putting the SecretKey here is the usual cause of 200003 (54664).
            "X-TC-Key": self.secret_id,
            "X-TC-Timestamp": timestamp,
            "X-TC-Nonce": nonce,
            "X-TC-Signature": signed,
            "AppId": self.app_id,
            "X-TC-Registered": "1",
        }
        # 42413: an app without an assigned SdkId must leave the header out.
        return {**headers, "SdkId": self.sdk_id} if self.sdk_id else headers


Credential = OAuthCredential | KeyCredential


def signature(
    secret_id: str, secret_key: str, method: str, uri: str, body: bytes, *, nonce: str, timestamp: str
) -> str:
    """Return `X-TC-Signature`: base64 of the HMAC's hexadecimal text, 88 characters. Source: 42413."""
    named = f"X-TC-Key={secret_id}&X-TC-Nonce={nonce}&X-TC-Timestamp={timestamp}"
    message = f"{method}\n{named}\n{uri}\n".encode() + body
    # Named TC3 in the documents, but without its derived key, and base64 of text, not of bytes.
    digest = hmac.new(secret_key.encode(), message, hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()
