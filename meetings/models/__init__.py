"""What is planned: meetings, lists, registrants, links."""

from meetings.models.meeting import Forgotten, Meeting, Occurrence, Share
from meetings.models.people import ExclusiveLink, ExpectedPerson, Registrant, Upload

__all__ = ["ExclusiveLink", "ExpectedPerson", "Forgotten", "Meeting", "Occurrence", "Registrant", "Share", "Upload"]
