"""Addresses of the clinic."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.clinic.views import choosing, encounters, keeping, own, printing, queue

app_name = "clinic"
VISIT = "clinic/encounters/<str:encounter>"
OVER = "clinic/retention/<str:facility>/<str:kind>/<int:year>"
urlpatterns = [
    path("clinic", queue.today, name="queue"),
    path("residents/<str:resident>/enqueue", queue.enqueue, name="enqueue"),
    path(VISIT, encounters.encounter, name="encounter"),
    path(f"{VISIT}/draft", encounters.draft, name="draft"),
    path(f"{VISIT}/check", encounters.check, name="check"),
    path(f"{VISIT}/correct", encounters.correct, name="correct"),
    path(f"{VISIT}/leave", queue.leave, name="leave"),
    path(f"{VISIT}/paper/<str:what>", printing.paper, name="paper"),
    path(f"{VISIT}/sheets/<str:sheet>/give", queue.give, name="give"),
    path("clinic/choose/<str:kind>", choosing.choose, name="choose"),
    path("clinic/knowledge", choosing.knowledge, name="knowledge"),
    path("clinic/prescriptions", printing.prescriptions, name="prescriptions"),
    path("clinic/prescriptions/<str:prescription>", printing.prescription, name="prescription"),
    path("clinic/templates", own.templates, name="templates"),
    path("clinic/templates/<str:template>/drop", own.template_drop, name="template_drop"),
    path("clinic/follow-ups", own.follow_ups, name="follow_ups"),
    path("clinic/follow-ups/<str:followup>", own.follow_up, name="follow_up"),
    path("clinic/shelf", own.shelf, name="shelf"),
    path("clinic/seats", own.seats, name="seats"),
    path("clinic/authorisations/<str:authorisation>/end", own.authorisation_end, name="authorisation_end"),
    path("clinic/counts", own.counts, name="counts"),
    path("clinic/retention", keeping.over, name="retention"),
    path("clinic/retention/<str:facility>", keeping.facility_over, name="retention_facility"),
    path(OVER, keeping.year_over, name="retention_year"),
    path(f"{OVER}/index.csv", keeping.index, name="retention_index"),
    path("clinic/destructions/<str:destruction>", keeping.destruction, name="destruction"),
    path("clinic/destructions/<str:destruction>/decide", keeping.decide, name="destruction_decide"),
    path("clinic/destructions/<str:destruction>/withdraw", keeping.withdraw, name="destruction_withdraw"),
    path("clinic/destructions/<str:destruction>/list", keeping.destruction_list, name="destruction_list"),
]
