"""What the meeting client would hold: tickets of the JSAPI, and tokens that stand for phone numbers."""

import hashlib
from collections import deque
from dataclasses import dataclass, field

from portal.sandbox.world import User

MINUTE = 60


@dataclass(slots=True)
class Ticket:
    """One ticket; good for one signature until it ends."""

    user: User
    expires: int
    third_party: bool


@dataclass(slots=True)
class PhoneToken:
    """What `data.getPhoneNumber` gives a page; `open_id` is empty for somebody who authorised nothing."""

    phone: str
    area: str
    open_id: str
    expires: int


@dataclass(slots=True)
class ClientSide:
    """Everything that lives between the client and the platform."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    phone_tokens: dict[str, PhoneToken] = field(default_factory=dict)
    reads: dict[str, deque[int]] = field(default_factory=dict)

    def too_often(self, identity: str, now: int, most: int) -> bool:
        """Count one reading of a phone, and tell whether it is beyond the limit of a minute."""
        recent = self.reads.setdefault(identity, deque())
        while recent and recent[0] <= now - MINUTE:
            recent.popleft()
        if most and len(recent) >= most:
            return True
        recent.append(now)
        return False


def jsapi_signature(corp_id: str, sdk_id: str, timestamp: str, nonce_str: str, url: str, ticket: str) -> str:
    """Return the signature that the client expects of a page."""
    text = f"corp_id={corp_id}&sdk_id={sdk_id}&timestamp={timestamp}&nonce_str={nonce_str}&url={url}&ticket={ticket}"
    return hashlib.sha256(text.encode()).hexdigest()
