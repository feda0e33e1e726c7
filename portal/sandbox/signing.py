"""The platform's side of its signatures, hashes and encryption."""

import base64
import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16


def request_signature(
    secret_key: str, method: str, signed: tuple[str, str, str], uri: str, body: bytes
) -> str:
    """Return the signature of a REST call; `signed` holds SecretId, nonce and timestamp."""
    key, nonce, timestamp = signed
    headers = f"X-TC-Key={key}&X-TC-Nonce={nonce}&X-TC-Timestamp={timestamp}"
    text = f"{method}\n{headers}\n{uri}\n".encode() + body
    digest = hmac.new(secret_key.encode(), text, hashlib.sha256).hexdigest()
    # The platform encodes the hex text, not the bytes behind it.
    return base64.b64encode(digest.encode()).decode()


def event_signature(token: str, timestamp: str, nonce: str, data: str) -> str:
    """Return the signature of a webhook: the four values sorted, joined and hashed."""
    return hashlib.sha1("".join(sorted([token, timestamp, nonce, data])).encode()).hexdigest()


def encode_event(text: str, aes_key: str) -> str:
    """Return a webhook's `data`: AES-256-CBC where a key is set, else base64 without padding."""
    plain = text.encode()
    if not aes_key:
        return base64.b64encode(plain).decode().rstrip("=")
    key = base64.b64decode(aes_key + "=")
    fill = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:BLOCK])).encryptor()
    sealed = encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def phone_hash(phone: str, secret_id: str) -> str:
    """Return the hash that stands for a phone in participant rows, in upper-case hex."""
    return hashlib.sha256(f"{phone}/{secret_id}".encode()).hexdigest().upper()
