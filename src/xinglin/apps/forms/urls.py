"""Addresses of records."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.forms.views import choosing, following, lists, records, scoring, surveys

app_name = "forms"
urlpatterns = [
    path("records/", lists.index, name="index"),
    path("records/due/", following.due, name="due"),
    path("records/completeness/", following.completeness_, name="completeness"),
    path("records/sending/", following.sending_, name="sending"),
    path("records/choose/", choosing.choose, name="choose"),
    path("records/of/<slug:definition>/", lists.records, name="records"),
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
    path("records/<slug:record>/return/", records.send_back, name="send_back"),
    path("records/<slug:record>/score/", scoring.score, name="score"),
    path("records/<slug:record>/round/", surveys.round_, name="round"),
    path("records/<slug:record>/round/sheet/", surveys.sheet, name="sheet"),
    path("s/<slug:token>/", surveys.answer, name="answer"),
]
