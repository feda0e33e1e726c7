"""OAuth codes and token pairs: one pair a user, the former one dies with the next."""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from portal.sandbox.errors import OAuthRefusal
from portal.sandbox.switches import Switches
from portal.sandbox.world import User


@dataclass(slots=True, eq=False)
class Grant:
    """One token pair; times are Unix seconds."""

    user: User
    access_token: str
    refresh_token: str
    expires: int
    refresh_expires: int
    scopes: list[str]


@dataclass(slots=True)
class Tokens:
    """All pairs alive, found by token and by open_id; `version` counts who came and went."""

    switches: Switches
    now: Callable[[], int]
    grants: dict[str, Grant] = field(default_factory=dict)
    codes: dict[str, tuple[User, int]] = field(default_factory=dict)
    replaced: dict[str, tuple[Grant, int]] = field(default_factory=dict)
    version: int = 0

    def new_code(self, user: User) -> str:
        """Return an auth_code that may be used once."""
        code = secrets.token_hex(16)
        self.codes[code] = (user, self.now() + int(self.switches["auth_code_seconds"]))
        return code

    def exchange(self, code: str) -> Grant:
        """Turn an auth_code into a pair; raises OAuthRefusal 1002."""
        user, ends = self.codes.pop(code, (None, 0))
        if user is None or ends < self.now():
            raise OAuthRefusal(1002, "auth_code invalid or expired")
        return self._issue(user)

    def refresh(self, refresh_token: str, open_id: str) -> Grant:
        """Turn a refresh token into the next pair; raises OAuthRefusal 1004 or 1006."""
        grant = next((each for each in self.grants.values() if each.refresh_token == refresh_token), None)
        if grant is None or grant.refresh_expires < self.now():
            raise OAuthRefusal(1006, "refresh token expired")
        if grant.user.open_id != open_id:
            raise OAuthRefusal(1004, "open_id wrong")
        return self._issue(grant.user)

    def check(self, access_token: str, open_id: str) -> Grant | None:
        """Return the grant that an access token opens now, within the grace of a replaced one."""
        grant = self.grants.get(open_id)
        if grant and secrets.compare_digest(grant.access_token.encode(), access_token.encode()):
            return grant if grant.expires > self.now() else None
        former, ends = self.replaced.get(access_token, (None, 0))
        return former if former and former.user.open_id == open_id and ends > self.now() else None

    def expire(self, open_id: str, refresh: bool = False) -> Grant | None:
        """Let a user's access token, and with `refresh` also the refresh token, end now."""
        grant = self.grants.get(open_id)
        if grant:
            grant.expires = self.now() - 1
            grant.refresh_expires = grant.expires if refresh else grant.refresh_expires
        return grant

    def withdraw(self, open_id: str) -> Grant | None:
        """Forget a user's pair; it is dead at once."""
        self.version += 1
        for token in [token for token, (grant, _) in self.replaced.items() if grant.user.open_id == open_id]:
            del self.replaced[token]
        return self.grants.pop(open_id, None)

    def authorised(self, user: User | None) -> bool:
        """Tell whether the user has an authorisation now."""
        return user is not None and user.open_id in self.grants

    def _issue(self, user: User) -> Grant:
        former = self.grants.get(user.open_id)
        self.version += former is None
        rotates = self.switches["refresh_rotates"]
        grace = int(self.switches["token_grace"])
        if former and grace:
            self.replaced[former.access_token] = (former, self.now() + grace)
        grant = self.grants[user.open_id] = Grant(
            user,
            access_token=_token(96),
            refresh_token=_token(96) if rotates or not former else former.refresh_token,
            expires=self.now() + int(self.switches["access_token_seconds"]),
            refresh_expires=self.now() + int(self.switches["refresh_token_seconds"]),
            scopes=self.switches.words("granted_scopes"),
        )
        return grant


def _token(size: int) -> str:
    # Standard base64 with + and /, as the platform's tokens look.
    return base64.b64encode(secrets.token_bytes(size)).decode()
