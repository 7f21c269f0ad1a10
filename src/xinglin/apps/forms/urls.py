"""Addresses of records."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.forms.views import (
    choosing,
    due,
    explaining,
    following,
    index,
    lists,
    records,
    scoring,
    surveys,
    workdays,
)

app_name = "forms"
urlpatterns = [
    path("records/", index.index, name="index"),
    path("records/due/", due.due, name="due"),
    path("records/due/deadlines.ics", due.calendar_file, name="calendar_file"),
    path("records/workdays/", workdays.calendar_years, name="workdays"),
    path("records/completeness/", following.completeness_, name="completeness"),
    path("records/sending/", following.sending_, name="sending"),
    path("records/choose/", choosing.choose, name="choose"),
    path("records/of/<slug:definition>/", lists.records, name="records"),
    path("records/of/<slug:definition>/about/", explaining.about, name="about"),
    path("records/of/<slug:definition>/pin/", index.pin, name="pin"),
    path("records/of/<slug:definition>/new/", records.new, name="new"),
    path("records/of/<slug:definition>/draft/", records.draft, name="draft"),
    path("records/of/<slug:definition>/bulk/", lists.bulk, name="bulk"),
    path("records/of/<slug:definition>/view/", lists.save_view, name="save_view"),
    path("records/of/<slug:definition>/owing/", following.owing, name="owing"),
    path("records/of/<slug:definition>/report/<slug:report>/", following.report, name="report"),
    path("records/files/<slug:file>/", records.file, name="file"),
    path("records/codes/<slug:token>/", surveys.code, name="code"),
    path("records/<slug:record>/", records.record, name="record"),
    path("records/<slug:record>/edit/", records.edit, name="edit"),
    path("records/<slug:record>/move/<slug:move>/", records.move, name="move"),
    path("records/<slug:record>/remove/", records.remove, name="remove"),
    path("records/<slug:record>/restore/", records.restore, name="restore"),
    path("records/<slug:record>/return/", records.send_back, name="send_back"),
    path("records/<slug:record>/score/", scoring.score, name="score"),
    path("records/<slug:record>/round/", surveys.round_, name="round"),
    path("records/<slug:record>/round/sheet/", surveys.sheet, name="sheet"),
    path("s/<slug:token>/", surveys.answer, name="answer"),
]
