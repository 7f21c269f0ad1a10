"""Addresses of organisations."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.organisations.views import consortia, facilities, merging, parts, people

app_name = "organisations"
FACILITY = "facilities/<str:facility>"
PERSON = "practitioners/<str:practitioner>"
CONSORTIUM = "consortia/<str:consortium>"
urlpatterns = [
    path("facilities", facilities.facilities, name="facilities"),
    path("facilities/new", facilities.facility_new, name="facility_new"),
    path(FACILITY, facilities.facility, name="facility"),
    path(f"{FACILITY}/edit", facilities.facility_edit, name="facility_edit"),
    path(f"{FACILITY}/close", facilities.facility_close, name="facility_close"),
    path(f"{FACILITY}/merge", merging.merge, name="merge"),
    path(f"{FACILITY}/split", merging.split, name="split"),
    path(f"{FACILITY}/<str:part>/new", parts.part_new, name="part_new"),
    path(f"{FACILITY}/<str:part>/<str:row>/edit", parts.part_edit, name="part_edit"),
    path(f"{FACILITY}/<str:part>/<str:row>/close", parts.part_close, name="part_close"),
    path("practitioners", people.practitioners, name="practitioners"),
    path("practitioners/find", people.find, name="practitioners_find"),
    path("practitioners/new", people.practitioner_new, name="practitioner_new"),
    path(PERSON, people.practitioner, name="practitioner"),
    path(f"{PERSON}/edit", people.practitioner_edit, name="practitioner_edit"),
    path(f"{PERSON}/posts/new", people.post_new, name="post_new"),
    path(f"{PERSON}/transfer", people.transfer, name="transfer"),
    path(f"{PERSON}/posts/<str:post>/edit", people.post_edit, name="post_edit"),
    path(f"{PERSON}/posts/<str:post>/close", people.post_close, name="post_close"),
    path("consortia", consortia.consortia, name="consortia"),
    path("consortia/new", consortia.consortium_new, name="consortium_new"),
    path(CONSORTIUM, consortia.consortium, name="consortium"),
    path(f"{CONSORTIUM}/edit", consortia.consortium_edit, name="consortium_edit"),
    path(f"{CONSORTIUM}/close", consortia.consortium_close, name="consortium_close"),
    path(f"{CONSORTIUM}/<str:side>/new", consortia.line_new, name="line_new"),
    path(f"{CONSORTIUM}/<str:side>/<str:line>/edit", consortia.line_edit, name="line_edit"),
    path(f"{CONSORTIUM}/<str:side>/<str:line>/close", consortia.line_close, name="line_close"),
    path("changes/<str:number>/undo", facilities.undo, name="undo"),
]
