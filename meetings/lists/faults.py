"""Why a list cannot be read as a whole."""


class Unreadable(Exception):
    """A file or text cannot be read: `code` says why, `place` where (sheet, line, limit, as far as known)."""

    def __init__(self, code: str, **place: object) -> None:
        super().__init__(code, place)
        self.code = code
        self.place = place
