"""The sandbox's control desk, as the demo uses it over HTTP: casts, registrations, curtain up, the truth."""

from typing import Any

import requests


class Platform:
    """Speaks to a running sandbox. It tells what really happened; the portal never asks it."""

    def __init__(self, url: str) -> None:
        self.url = url

    def get(self, path: str, **query: object) -> Any:
        """Read something of the control desk."""
        answer = requests.get(f"{self.url}/_sandbox/{path}", params=query, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: object) -> Any:
        """Order something at the control desk."""
        answer = requests.post(f"{self.url}/_sandbox/{path}", json=body, timeout=120)
        answer.raise_for_status()
        return answer.json()

    def newest_meeting(self, subject: str) -> str:
        """Give the platform's id of the meeting booked last under a subject."""
        return [each["meeting_id"] for each in self.get("meetings") if each["subject"] == subject][-1]
