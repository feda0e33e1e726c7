"""Signs and encrypts as the platform does, written from the platform file (third, 1.3 to 1.5), not from our client."""

import base64
import hashlib
import json

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


def encrypt(plain: str, aes_key: str) -> str:
    """Give the `data` of a delivery; without a key bare base64 without padding."""
    raw = plain.encode()
    if not aes_key:
        return base64.b64encode(raw).decode().rstrip("=")
    key = base64.b64decode(aes_key + "=")
    padder = padding.PKCS7(128).padder()
    box = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(box.update(padder.update(raw) + padder.finalize()) + box.finalize()).decode()


def signed(token: str, data: str, timestamp: str, nonce: str = "33247089") -> dict[str, str]:
    """Give the three headers of a delivery."""
    joined = "".join(sorted([token, timestamp, nonce, data]))
    return {"timestamp": timestamp, "nonce": nonce, "signature": hashlib.sha1(joined.encode()).hexdigest()}


def envelope(event: str, trace_id: str, *payload: dict) -> str:
    """Give the plain text of an event."""
    return json.dumps({"event": event, "trace_id": trace_id, "payload": list(payload)}, ensure_ascii=False)
