"""Addresses of contracts."""

from __future__ import annotations

from django.urls import path

from xinglin.apps.contracts.views import contracts, delivering, packages, signing

app_name = "contracts"
ONE = "contracts/<str:contract>"
urlpatterns = [
    path("contracts", contracts.contracts, name="list"),
    path("contracts-export", contracts.export, name="export"),
    path("contracts-overview", contracts.overview, name="overview"),
    path("contracts-packages", packages.packages, name="packages"),
    path("contracts-packages/new", packages.package_new, name="package_new"),
    path("contracts-packages/start", packages.start, name="start"),
    path("contracts-packages/<str:package>", packages.package, name="package"),
    path("contracts-packages/<str:package>/change", packages.package_change, name="package_change"),
    path("contracts-items", packages.items, name="items"),
    path("residents/<str:resident>/contracts/new", signing.new, name="new"),
    path(ONE, contracts.contract, name="contract"),
    path(f"{ONE}/paper", contracts.paper, name="paper"),
    path(f"{ONE}/renew", signing.renew, name="renew"),
    path(f"{ONE}/correct", signing.correct, name="correct"),
    path(f"{ONE}/end", signing.end, name="end"),
    path(f"{ONE}/lines/<str:line>/deliver", delivering.deliver, name="deliver"),
    path(f"{ONE}/deliveries/<str:delivery>/undo", delivering.undo, name="undo"),
]
