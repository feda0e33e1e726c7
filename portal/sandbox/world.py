"""The default world: one OAuth app, two enterprises with their people, one personal user."""

import random
import string
from dataclasses import dataclass, field

from portal.sandbox.invented import OTHER_BLOCK, Name, invent_names, phone_of

LETTERS = string.ascii_letters + string.digits
ORGANISERS = 6
STAFF = 120
STAFF_MOST = 2_000
TWIN_OF, TWIN_AT = 3, 9
# Names and userids come from a fixed seed: only secrets differ from start to start.
PEOPLE_SEED = "rollcall-world"


@dataclass(slots=True)
class Enterprise:
    """An enterprise with its self-built app."""

    name: str
    open_corp_id: str
    app_id: str
    sdk_id: str
    secret_id: str
    secret_key: str
    webhook_token: str
    webhook_aes_key: str
    edition: str
    users: dict[str, "User"] = field(default_factory=dict)
    webhook_url: str = ""


@dataclass(slots=True, eq=False)
class User:
    """An account; `role_type` is 0 member, 1 enterprise administrator, 2 system administrator."""

    userid: str
    name: str
    pinyin: str
    phone: str
    email: str
    role_type: int
    title: str
    open_id: str
    enterprise: Enterprise | None
    organises: bool = False

    @property
    def role_code(self) -> str:
        """Return the role as the directory spells it."""
        return {0: "MEMBER_ROLE", 1: "MANAGER_ROLE", 2: "ADMIN_ROLE"}[self.role_type]

    @property
    def corp_name(self) -> str:
        """Return the enterprise's name, empty for a personal user."""
        return self.enterprise.name if self.enterprise else ""


@dataclass(slots=True)
class OAuthApp:
    """The third-party app that a portal is."""

    name: str
    corp_id: str
    sdk_id: str
    secret: str
    webhook_token: str
    webhook_aes_key: str
    hash_secret: str
    webhook_url: str = ""


@dataclass(slots=True)
class World:
    """All accounts and credentials; people can be found by userid and by open_id."""

    app: OAuthApp
    enterprises: list[Enterprise]
    personal: User
    rng: random.Random

    def by_open_id(self, open_id: str) -> User | None:
        """Return the account behind an open_id of the OAuth app."""
        return next((user for user in self.accounts() if user.open_id == open_id), None)

    def accounts(self) -> list[User]:
        """Return every account, organisers first within each enterprise."""
        members = [user for enterprise in self.enterprises for user in enterprise.users.values()]
        return [*members, self.personal]

    def enterprise_of(self, app_id: str) -> Enterprise | None:
        """Return the enterprise whose self-built app has this id."""
        return next((each for each in self.enterprises if each.app_id == app_id), None)

    def staff_of(self, enterprise: Enterprise, count: int) -> list[User]:
        """Return `count` ordinary members, hiring where there are too few; raises ValueError."""
        if count > STAFF_MOST:
            raise ValueError(f"an enterprise has at most {STAFF_MOST} members")
        members = [user for user in enterprise.users.values() if not user.organises]
        if len(members) < count:
            self._hire(enterprise, len(members), count)
            members = [user for user in enterprise.users.values() if not user.organises]
        return members[:count]

    def _hire(self, enterprise: Enterprise, start: int, end: int) -> None:
        place = self.enterprises.index(enterprise)
        names = _names_of(place, end + ORGANISERS)[ORGANISERS:]
        for number, name in list(enumerate(names))[start:]:
            _join(self.rng, enterprise, name, 3_000 * place + 100 + number, 0, "专员", False)


def make_world(seed: int | None) -> World:
    """Return a new world; without a seed its secrets are random."""
    rng = random.Random(seed) if seed is not None else random.SystemRandom()
    firms = (("星河证券股份有限公司", "enterprise"), ("澄明医药有限公司", "business"))
    enterprises = [_enterprise(rng, name, edition) for name, edition in firms]
    world = World(_app(rng), enterprises, _personal(rng), rng)
    for place, enterprise in enumerate(enterprises):
        for number, name in enumerate(_names_of(place, ORGANISERS)):
            role_type, title = {0: (2, "超级管理员"), 1: (1, "管理员")}.get(number, (0, "会务"))
            _join(rng, enterprise, name, 3_000 * place + number, role_type, title, True)
        world.staff_of(enterprise, STAFF)
    return world


def _app(rng: random.Random) -> OAuthApp:
    return OAuthApp(
        name="点到", corp_id=_digits(rng, 9), sdk_id=_digits(rng, 11), secret=_text(rng, 32),
        webhook_token=_text(rng, 25), webhook_aes_key=_text(rng, 43), hash_secret=_text(rng, 32),
    )


def _enterprise(rng: random.Random, name: str, edition: str) -> Enterprise:
    return Enterprise(
        name=name, open_corp_id=_text(rng, 32), app_id=_digits(rng, 9), sdk_id=_digits(rng, 11),
        secret_id="AKID" + _text(rng, 28), secret_key=_text(rng, 32),
        webhook_token=_text(rng, 25), webhook_aes_key=_text(rng, 43), edition=edition,
    )


def _personal(rng: random.Random) -> User:
    phone, open_id = phone_of(OTHER_BLOCK, 9_000), _text(rng, 28)
    return User("", "顾小满", "guxiaoman", phone, "", 0, "", open_id, None, True)


def _join(
    rng: random.Random, enterprise: Enterprise, name: Name, phone: int,
    role_type: int, title: str, organises: bool,
) -> None:
    pinyin = name.surname_pinyin + name.given_pinyin
    userid, again = pinyin, 1
    while userid in enterprise.users:
        again += 1
        userid = f"{pinyin}{again:02d}"
    enterprise.users[userid] = User(
        userid, name.han, pinyin, phone_of(OTHER_BLOCK, phone), f"{userid}@example.com",
        role_type, title, _text(rng, 28), enterprise, organises,
    )


def _names_of(place: int, count: int) -> list[Name]:
    names = invent_names(random.Random(f"{PEOPLE_SEED}:{place}"), count)
    # Two colleagues bear one name.
    if count > ORGANISERS + TWIN_AT:
        names[ORGANISERS + TWIN_AT] = names[ORGANISERS + TWIN_OF]
    return names


def _text(rng: random.Random, length: int) -> str:
    return "".join(rng.choice(LETTERS) for _ in range(length))


def _digits(rng: random.Random, length: int) -> str:
    return str(rng.randrange(1, 10)) + "".join(rng.choice(string.digits) for _ in range(length - 1))
