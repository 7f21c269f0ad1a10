"""Tables of the clinic. What is signed is fixed; a correction is a new row that names the old one."""

from xinglin.apps.clinic.models.destruction import Destruction, DestructionState
from xinglin.apps.clinic.models.encounter import Draft, Encounter, EncounterKind, Note, State
from xinglin.apps.clinic.models.following import Effect, FollowUp, Way
from xinglin.apps.clinic.models.keeping import Template
from xinglin.apps.clinic.models.people import Authorisation, Seat
from xinglin.apps.clinic.models.prescription import (
    Form,
    PastTheCheck,
    Prescription,
    PrescriptionLine,
    Signature,
    Slot,
)
from xinglin.apps.clinic.models.shelf import ShelfItem
from xinglin.apps.clinic.models.treatment import Session, Sheet

__all__ = [
    "Authorisation",
    "Destruction",
    "DestructionState",
    "Draft",
    "Effect",
    "Encounter",
    "EncounterKind",
    "FollowUp",
    "Form",
    "Note",
    "PastTheCheck",
    "Prescription",
    "PrescriptionLine",
    "Seat",
    "Session",
    "Sheet",
    "ShelfItem",
    "Signature",
    "Slot",
    "State",
    "Template",
    "Way",
]
