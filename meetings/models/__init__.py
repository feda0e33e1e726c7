"""What is planned: meetings, lists, registrants, links."""

from meetings.models.kinds import AWAITED, Kind
from meetings.models.lists import ColumnMemory, ExpectedList, Listing, ListVersion
from meetings.models.meeting import Forgotten, Meeting, Occurrence, Share
from meetings.models.people import ExclusiveLink, ExpectedPerson, Registrant
from meetings.models.uploads import Upload, UploadChunk, UploadLine

__all__ = [
    "AWAITED",
    "ColumnMemory",
    "ExclusiveLink",
    "ExpectedList",
    "ExpectedPerson",
    "Forgotten",
    "Kind",
    "ListVersion",
    "Listing",
    "Meeting",
    "Occurrence",
    "Registrant",
    "Share",
    "Upload",
    "UploadChunk",
    "UploadLine",
]
