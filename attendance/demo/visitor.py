"""A person with a browser, as far as the demo needs one: follows links, fills in forms, downloads files."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

Values = dict[str, str | list[str]]


class Stuck(RuntimeError):
    """A page did not have what a person would have used next, or answered with an error."""


@dataclass
class Form:
    """One form of a page: where it goes and what it holds before it is touched."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Page:
    """An answer that a person would see."""

    url: str
    text: str
    forms: list[Form]

    def form(self, part_of_action: str) -> Form:
        """Find the form whose address contains a text.

        Raises: Stuck.
        """
        for form in self.forms:
            if part_of_action in form.action:
                return form
        raise Stuck(f"{self.url} has no form for {part_of_action!r}; it has {[form.action for form in self.forms]}")


class Visitor:
    """One browser session with one organiser behind it."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "zh-CN"

    def open(self, address: str, **query: str) -> Page:
        """Open an address, relative to the portal or absolute."""
        return self._page(self.session.get(urljoin(self.base, address), params=query or None, timeout=60))

    def download(self, address: str, **query: str) -> bytes:
        """Fetch a file."""
        answer = self.session.get(urljoin(self.base, address), params=query or None, timeout=120)
        self._page(answer)
        return answer.content

    def submit(self, form: Form, values: Values | None = None, files: dict | None = None) -> Page:
        """Send a form with some of its fields changed."""
        data = form.fields | {
            name: value if isinstance(value, list) else [value] for name, value in (values or {}).items()
        }
        if form.method == "get":
            return self._page(self.session.get(form.action, params=data, timeout=60))
        # The portal checks where a form came from, as browsers say it.
        headers = {"Referer": form.action}
        return self._page(self.session.post(form.action, data=data, files=files, headers=headers, timeout=120))

    def _page(self, answer: requests.Response) -> Page:
        if answer.status_code >= 400:
            raise Stuck(f"{answer.request.method} {answer.url} answered {answer.status_code}")
        if "html" not in answer.headers.get("Content-Type", ""):
            return Page(answer.url, "", [])
        reader = _FormReader(answer.url)
        reader.feed(answer.text)
        return Page(answer.url, answer.text, reader.forms)


class _FormReader(HTMLParser):
    """Collects the forms of a page with the values a browser would send."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.current: Form | None = None
        self.select = ""
        self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.current = Form(urljoin(self.url, given.get("action") or self.url), given.get("method", "get").lower())
            self.forms.append(self.current)
        elif self.current is not None:
            self._field(tag, given, {name for name, _ in attrs})

    def _field(self, tag: str, given: dict[str, str], flags: set[str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(name, given, flags)
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self._option(given.get("value", ""), "selected" in flags)
        elif tag == "textarea" and name:
            self.textarea = name
            self.current.fields[name] = [""]

    def _option(self, value: str, selected: bool) -> None:
        """Take what is selected; without that a browser sends the first choice."""
        if selected or self.select not in self.current.fields:
            self.current.fields[self.select] = [value]

    def _input(self, name: str, given: dict[str, str], flags: set[str]) -> None:
        kind = given.get("type", "text")
        ticked = kind in ("checkbox", "radio")
        if ticked and "checked" not in flags:
            return
        if kind not in ("submit", "button", "image", "file"):
            self.current.fields.setdefault(name, []).append(given.get("value", "on" if ticked else ""))

    def handle_data(self, data: str) -> None:
        if self.textarea and self.current is not None:
            self.current.fields[self.textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.current = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            if self.current is not None and self.textarea:
                # A browser drops the line break after the opening tag.
                self.current.fields[self.textarea][0] = self.current.fields[self.textarea][0].removeprefix("\n")
            self.textarea = ""
