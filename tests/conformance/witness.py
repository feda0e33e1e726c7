"""The platform's official SDK as a witness: its own requests, models and signatures, its defects got round here."""

import contextlib
import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, NamedTuple

import requests
from wemeet_openapi.core import xhttp
from wemeet_openapi.core.authenticator import JWTAuthenticator, OAuth2Authenticator
from wemeet_openapi.core.config import Config
from wemeet_openapi.core.constants import DEFAULT_SERIALIZER
from wemeet_openapi.core.exception import ServiceException
from wemeet_openapi.service import (
    ApplicationGroupApi,
    MeetingControlApi,
    MeetingGuestApi,
    MeetingsApi,
    PstnApi,
    UserManagerApi,
)

from tests.conformance.shapes import disagreements
from tests.sandbox.wire import Json, Platform

Kind = Literal["keys", "token"]
# The SDK's own Client leaves PstnApi out, so the services are put together here.
SERVICES = (MeetingsApi, MeetingControlApi, UserManagerApi, MeetingGuestApi, PstnApi, ApplicationGroupApi)
FUNCTIONS = {name: service for service in SERVICES for name in vars(service) if name.startswith("v1_")}


class Refusal(NamedTuple):
    """A refusal as the SDK reads it: HTTP status, code, and the code with its prefix."""

    status: int
    code: int
    full: int


@dataclass
class Witness:
    """The SDK with one credential; remembers what it called with success and where an answer disagreed."""

    kind: Kind
    config: Config
    authenticator: Callable[[], JWTAuthenticator | OAuth2Authenticator]
    user: str
    made: set[tuple[str, Kind]] = field(default_factory=set)
    disagreed: set[tuple[str, str]] = field(default_factory=set)

    @property
    def operator(self) -> dict[str, Any]:
        """The operator pair as bodies take it."""
        return {"operator_id": self.user, "operator_id_type": 2 if self.kind == "token" else 1}

    @property
    def asked(self) -> dict[str, str]:
        """The operator pair as queries take it: the SDK knows only text there."""
        return {name: str(value) for name, value in self.operator.items()}

    def call(self, name: str, **given: Any) -> Any:
        """Make one call and return the answer in the SDK's own model; `body` may be a plain dict."""
        answer = self.send(name, **given)
        self.made.add((name, self.kind))
        if answer.data is not None and type(answer.data) is not object:
            self.disagreed |= {(name, each) for each in disagreements(type(answer.data), answer.raw_body)}
        return answer.data

    def refused(self, name: str, **given: Any) -> Refusal:
        """Make one call that must fail and return the refusal as the SDK reads it."""
        try:
            self.send(name, **given)
        except ServiceException as error:
            told = error.error_info
            assert told is not None, error.api_resp.raw_body
            assert told.message
            return Refusal(error.api_resp.status_code, told.error_code, told.new_error_code)
        raise AssertionError(f"{name} was not refused")

    def at(self, **fixed: Any) -> "Witness":
        """Return the same witness with nonce or timestamp fixed for all its calls."""
        return replace(self, authenticator=partial(self.authenticator, **fixed))

    def close(self) -> None:
        """Close the connections the SDK keeps open."""
        self.config.clt._Client__session.close()

    def send(self, name: str, **given: Any) -> Any:
        """Make one call and return what the SDK makes of the HTTP answer."""
        function = getattr(FUNCTIONS[name](self.config), name)
        kind = inspect.signature(function).parameters["request"].annotation
        if isinstance(given.get("body"), dict):
            given["body"] = _model(kind, "body")(**given["body"])
        # An authenticator keeps its nonce: a second call with it would be a replay.
        return function(kind(**given), authenticator_options=[self.authenticator().options_build()])


def keys_witness(url: str, enterprise: Json, userid: str) -> Witness:
    """Return the SDK signing with an enterprise's own app."""
    names = ("app_id", "sdk_id", "secret_id", "secret_key")
    config = Config(clt=_transport(url), **{name: enterprise[name] for name in names})
    return Witness("keys", config, JWTAuthenticator, userid)


def token_witness(url: str, open_id: str, access_token: str) -> Witness:
    """Return the SDK with a user's grant."""
    return Witness("token", Config(clt=_transport(url)), partial(OAuth2Authenticator, open_id, access_token), open_id)


@contextlib.contextmanager
def granted(platform: Platform, user: Json, witnesses: list[Witness]) -> Iterator[Witness]:
    """Give the SDK with a fresh grant of a user, remembered among the witnesses of the test."""
    witness = token_witness(platform.url, user["open_id"], platform.token(user["open_id"]).pair["access_token"])
    witnesses.append(witness)
    yield witness
    witness.close()


def _transport(url: str) -> xhttp.Client:
    # Given no session, all clients of the process would share one.
    return xhttp.Client(
        url.removeprefix("http://"), session=requests.Session(), serializer=DEFAULT_SERIALIZER
    )


def _model(request: type, name: str) -> type:
    """Return the model class the request wants for a parameter."""
    wanted = inspect.signature(request).parameters[name].annotation
    return next(each for each in typing.get_args(wanted) if each is not type(None))
