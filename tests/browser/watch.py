"""Listens to a browser while a test uses it: a page that complains, or asks for what is not there, is a fault."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# What a browser says of a download, or of a question asked by a page that is left before the answer.
LEFT = "net::ERR_ABORTED"
# The answer itself is looked at, with its address.
OF_AN_ANSWER = ("Failed to load resource", "Response Status Error Code")


class Watch:
    """Collects the faults of one browser context. `expected` are the HTTP errors a test provokes."""

    def __init__(self, context: BrowserContext) -> None:
        self.faults: list[str] = []
        self.expected: set[int] = set()
        context.on("console", self._heard)
        context.on("weberror", self._broke)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        """Note errors and warnings; a breach of the content security policy is one of them."""
        if message.type in ("error", "warning") and not message.text.startswith(OF_AN_ANSWER):
            self.faults.append(f"console: {message.text}")

    def _broke(self, error: WebError) -> None:
        self.faults.append(f"script: {error.error}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.faults.append(f"no answer: {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.status}: {response.request.method} {response.url}")
