"""A contract from signing to renewal in Chromium: signed, delivered, counted from a visit, renewed, on paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import clinic_factories as clinic
import contracts_factories as make
import pypdfium2
import pytest
import residents_factories as people
from browser import opening
from clinic_factories import Desk
from django.test import Client
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.contracts.models import Contract
from xinglin.apps.residents.models import Resident

pytestmark = [pytest.mark.chromium, pytest.mark.enable_socket, pytest.mark.django_db(transaction=True)]


def prepared(account: Callable[..., User]) -> tuple[Desk, Resident]:
    """A doctor with a team, a package of two items, somebody who is known."""
    desk = clinic.desk(account)
    make.item("HAND", name="传统功法教学（演示）")
    make.item("SEEN", "visit", name="中医门诊优先就诊（演示）")
    make.package({"HAND": 2, "SEEN": 4}, name="基础包（演示）", price=60)
    make.team(desk)
    return desk, people.resident(desk.facility, name="欧阳青囊")


def test_sign_deliver_count_renew(chromium: Any, live_server: Any, account: Callable[..., User]) -> None:
    desk, resident = prepared(account)
    client = Client()
    client.force_login(desk.user)
    with opening(chromium, live_server, client, f"/residents/{resident.pk}") as opened:
        page = opened.page
        page.get_by_role("link", name="签约", exact=True).click()
        page.wait_for_url("**/contracts/new")
        page.get_by_role("button", name="签约", exact=True).click()
        page.wait_for_selector("text=请至少选一个服务包")
        opened.errors.clear()  # that the form was refused
        page.get_by_label("基础包（演示）").check()
        page.get_by_label("已向居民讲明").check()
        opened.shoot("contracts-sign")
        page.get_by_role("button", name="签约", exact=True).click()
        page.wait_for_selector("text=已签约")
        row = Contract.objects.get()
        page.get_by_role("link", name="登记一次传统功法教学").click()
        page.get_by_label("情况").fill("教前四式")
        page.get_by_role("button", name="登记", exact=True).click()
        page.wait_for_selector("text=1/2 次")
        page.get_by_role("link", name="撤销").click()
        page.get_by_label("撤销的原因").fill("登记错人")
        page.get_by_role("button", name="撤销", exact=True).click()
        page.wait_for_selector("text=0/2 次")
        clinic.signed(desk, resident=resident)
        page.reload()
        page.wait_for_selector("text=1/4 次")
        assert page.get_by_text("自动计入（签名的就诊）").count() == 1
        opened.examine().check()
        opened.shoot("contracts-contract")
        Contract.objects.filter(pk=row.pk).update(
            valid_from=timezone.localdate() - timedelta(days=350),
            valid_to=timezone.localdate() + timedelta(days=14),
        )
        page.goto(f"{live_server.url}/contracts?state=ending")
        opened.examine().check().shoot("contracts-list")
        page.get_by_role("link", name="续签欧阳青囊").click()
        page.get_by_label("已向居民讲明").check()
        page.get_by_role("button", name="续签", exact=True).click()
        page.wait_for_selector("text=已续签")
        following = Contract.objects.get(renews=row)
        assert following.valid_from == timezone.localdate() + timedelta(days=15)
        page.goto(f"{live_server.url}/contracts/{row.pk}/paper")
        sheet = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        assert len(sheet) == 1
        text = sheet[0].get_textpage().get_text_range()
        assert "欧阳青囊" in text
        assert "中医门诊优先就诊" in text
        opened.shoot("contracts-paper")
