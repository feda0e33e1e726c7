"""What this floor refuses by itself, each with a code that `meetings.words` puts into a sentence."""


class MeetingError(Exception):
    """Something that was asked of a meeting cannot be done; `code` names why, `facts` fill the sentence."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Clash(MeetingError):
    """Somebody changed the meeting after this form was opened."""

    def __init__(self, by: object) -> None:
        super().__init__("changed_meanwhile", by=by)
