"""What the app keeps."""

from xinglin.apps.forms.models.following import Consent, Day, Deadline, Return
from xinglin.apps.forms.models.history import Event
from xinglin.apps.forms.models.keeping import Attachment, Draft, SavedView
from xinglin.apps.forms.models.record import Record, UniqueKey, Value
from xinglin.apps.forms.models.sending import Sent
from xinglin.apps.forms.models.surveying import Answer, Link

__all__ = [
    "Answer",
    "Attachment",
    "Consent",
    "Day",
    "Deadline",
    "Draft",
    "Event",
    "Link",
    "Record",
    "Return",
    "SavedView",
    "Sent",
    "UniqueKey",
    "Value",
]
