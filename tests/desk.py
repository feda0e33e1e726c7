"""The control desk of the sandbox platform, as tests speak to it."""

import requests


class Sandbox:
    """The stand-in for the platform, as tests speak to it."""

    def __init__(self, url: str, world: dict) -> None:
        self.url = url
        self.world = world

    def get(self, path: str, **query: object) -> dict:
        answer = requests.get(f"{self.url}/_sandbox/{path}", params=query, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: object) -> dict:
        answer = requests.post(f"{self.url}/_sandbox/{path}", json=body, timeout=120)
        answer.raise_for_status()
        return answer.json() if answer.content else {}
