"""Webhooks: the check of our address, signatures, decryption; one uniform refusal for all that is wrong."""

import base64
import hashlib
import hmac
import re

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from portal.tencent import events

ACKNOWLEDGEMENT = "successfully received callback"

# A saved address is checked with a fresh signature; a retried event may carry its first one, ten minutes old.
CHECK_WINDOW = 300.0
EVENT_WINDOW = 900.0
KEY_LENGTH = 43
# 54658 pads to blocks of 16; its relatives pad to 32, and a tolerant reader takes both.
LONGEST_PADDING = 32

# 51612: milliseconds, so thirteen digits until the year 2286.
_TIMESTAMP = re.compile(r"[0-9]{13}")
_NONCE = re.compile(r"[0-9]{1,20}")
_BLOCK_BYTES = algorithms.AES.block_size // 8


class WebhookRefused(ValueError):
    """A delivery not proven to be the platform's; it says nothing of why, so that nobody can probe."""

    def __init__(self) -> None:
        super().__init__("refused")


def verify_url_check(
    *,
    token: str,
    aes_key: str,
    timestamp: str,
    nonce: str,
    signature: str,
    check_str: str,
    now: float,
    window: float = CHECK_WINDOW,
) -> str:
    """Return the plain text to answer a GET check with, bare, within three seconds.

    Source: 51608. Shape: `check_str` as the query gave it, percent-decoded once. Units: `timestamp` in
    milliseconds, `now` and `window` in seconds.
    Raises: WebhookRefused, also for a captured event sent as a check.
    """
    # A proxy may have left a raw plus, which a query parser takes for a space; base64 has none.
    data = check_str.replace(" ", "+")
    verify_event(
        token=token, timestamp=timestamp, nonce=nonce, signature=signature, data=data, now=now, window=window
    )
    plain = decrypt(data, aes_key=aes_key)
    # The same signature covers POST data: answering would decrypt a captured event for whoever sends it here.
    if events.is_event(plain):
        raise WebhookRefused
    return plain


def verify_event(
    *,
    token: str,
    timestamp: str,
    nonce: str,
    signature: str,
    data: str,
    now: float,
    window: float = EVENT_WINDOW,
) -> None:
    """Accept a POST whose signature covers `data` exactly as it came and whose timestamp is near `now`.

    Source: 51612. Shape: the four parts are joined without a separator, so timestamp and nonce must be of
    their own make, or one signature would fit several splits. Units: as verify_url_check.
    Raises: WebhookRefused.
    """
    wellformed = _TIMESTAMP.fullmatch(timestamp) and _NONCE.fullmatch(nonce) and token
    if not wellformed or abs(int(timestamp) / 1000 - now) > window:
        raise WebhookRefused
    expected = sign(token, timestamp, nonce, data)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise WebhookRefused


def sign(token: str, timestamp: str, nonce: str, data: str) -> str:
    """Return the signature of a delivery. Source: 51612."""
    joined = "".join(sorted([token, timestamp, nonce, data]))
    # SHA-1 is the platform's choice.
    return hashlib.sha1(joined.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def decrypt(data: str, *, aes_key: str) -> str:
    """Return the plain text of `data`: AES where a key is configured, bare base64 where none is.

    Source: 54658. Shape: padding may be missing from the base64; PKCS#7 up to 32. Raises: WebhookRefused.
    """
    try:
        # 51612 sends base64 without padding; it is signed that way too, so it is added only here.
        raw = base64.b64decode(data + "=" * (-len(data) % 4), validate=True)
        return (_decrypted(raw, aes_key) if aes_key else raw).decode("utf-8")
    except ValueError:
        raise WebhookRefused from None


def receive(
    *,
    token: str,
    aes_key: str,
    timestamp: str,
    nonce: str,
    signature: str,
    data: str,
    now: float,
    window: float = EVENT_WINDOW,
) -> tuple[events.Event, ...]:
    """Return the events of a POST after every check; answer it with ACKNOWLEDGEMENT within five seconds.

    Source: 51608, 51612, 54658. Shape: at least one event. Raises: WebhookRefused.
    """
    verify_event(
        token=token, timestamp=timestamp, nonce=nonce, signature=signature, data=data, now=now, window=window
    )
    try:
        return events.parse(decrypt(data, aes_key=aes_key))
    except ValueError:
        raise WebhookRefused from None


def _decrypted(raw: bytes, aes_key: str) -> bytes:
    # 43 characters hold 258 bits: the platform lets the last two be anything.
    key = base64.b64decode(aes_key + "=")
    if len(aes_key) != KEY_LENGTH or not raw:
        raise ValueError("not an encrypted text")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:_BLOCK_BYTES])).decryptor()
    plain = decryptor.update(raw) + decryptor.finalize()
    padding = plain[-1]
    if not 1 <= padding <= LONGEST_PADDING or plain[-padding:] != bytes([padding]) * padding:
        raise ValueError("bad padding")
    return plain[:-padding]
