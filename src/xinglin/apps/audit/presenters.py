"""The log in words: actions, kinds, outcomes; the state of the chain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_datetime

from xinglin.apps.access.table import access_table
from xinglin.apps.audit import anchor
from xinglin.apps.audit.models import Entry, Seal
from xinglin.apps.audit.sealing import unsealed
from xinglin.records import Definition, load_definitions

OUTCOMES = {"done": "完成", "refused": "拒绝", "failed": "失败"}
TONES = {"done": "none", "refused": "warn", "failed": "bad"}

VERBS = {
    "view": "查看",
    "list": "列表",
    "create": "新建",
    "edit": "修改",
    "delete": "删除",
    "export": "导出",
    "import": "导入",
    "undo": "撤销",
    "merge": "合并",
    "split": "拆分",
    "give": "授予",
    "end": "终止",
    "ask": "交办",
    "cancel": "取消",
    "retry": "重做",
    "dismiss": "收起",
    "file": "取文件",
    "report": "取核对报告",
    "read": "查阅个人信息",
    "open": "发放",
    "move": "办理",
    "consent": "同意",
    "score": "评分",
    "change": "修改",
    "remove": "撤除",
    "return": "退回",
    "settle": "改正退回的内容",
    "attach": "附文件",
    "expire": "到期清除",
    "calendar": "取期限日历",
    "send": "报送",
    "upload": "上传文件",
    "apply": "写入",
    "discard": "放弃",
    "load": "载入",
    "add": "并入",
    "publish": "发布",
    "close": "停止",
    "transfer": "调动",
    "activate": "启用",
    "deactivate": "停用",
    "unlock": "解除锁定",
    "password_accepted": "密码通过，待动态口令",
    "password_reset": "重置密码",
    "second_factor": "核对动态口令",
    "second_factor_reset": "重置动态口令",
    "refused": "拒绝访问",
    "sign_in": "登录",
    "sign_out": "退出",
    "locked": "锁定",
    "password": "改密码",
    "second_factor_set": "设动态口令",
    "sessions_ended": "结束会话",
    "verify": "核对",
    "rotate": "更换密钥",
    "backup": "备份",
    "restore": "恢复",
    "use": "使用",
    "revoke": "吊销",
    "generate": "从文件生成",
    "assign": "分派",
    "take_back": "撤销分派",
    "from_target": "由指标立项",
    "freeze": "定格对账表",
    "know": "在本机构建档",
    "sign": "签名",
    "sign_again": "写明理由再次签名",
    "correct": "更正",
    "left": "记为未就诊",
    "print": "打印",
    "renew": "续签",
    "deliver": "登记履约",
    "allergy": "登记过敏史",
    "allergy_end": "撤除过敏史",
    "import_undo": "撤销导入",
    "confirm": "复核通过",
}
KINDS = {
    "account": "账号",
    "grant": "授权",
    "route": "页面",
    "access": "页面",
    "audit": "日志",
    "audit.entry": "日志",
    "audit.chain": "封存链",
    "installation": "装置",
    "keys": "密钥",
    "job": "后台任务",
    "address": "网络地址",
    "reporting": "报送任务",
    "calendar": "工作日历",
    "facts": "外来事实表",
    "deadline": "期限",
}


def name_kinds(words: Mapping[str, str]) -> None:
    """Name kinds of objects that no model tells; called from ``ready()`` of the app that has them."""
    KINDS.update(words)


@dataclass(frozen=True)
class Row:
    """One entry as the page shows it."""

    at: datetime
    actor: str
    name: str
    action: str
    words: str
    kind: str
    kind_words: str
    object_id: str
    fields: str
    count: int
    outcome: str
    tone: str
    address: str
    request_id: str


def rows(entries: Iterable[Entry]) -> list[Row]:
    """Entries with the sign-in names of those who acted (one query)."""
    found = list(entries)
    ids = {entry.actor for entry in found if entry.actor}
    names = {
        str(pk): name
        for pk, name in get_user_model().objects.filter(pk__in=ids).values_list("pk", "username")
    }
    return [_row(entry, names) for entry in found]


def _row(entry: Entry, names: dict[str, str]) -> Row:
    return Row(
        at=entry.at,
        actor=entry.actor,
        name=names.get(entry.actor, entry.actor) or "本程序",
        action=entry.action,
        words=action_words(entry.action),
        kind=entry.kind,
        kind_words=kind_words(entry.kind),
        object_id=entry.object_id,
        fields="、".join(field_words(entry.kind, str(name)) for name in entry.fields),
        count=entry.count,
        outcome=OUTCOMES.get(entry.outcome, entry.outcome),
        tone=TONES.get(entry.outcome, "none"),
        address=entry.address,
        request_id=entry.request_id,
    )


def action_words(action: str) -> str:
    """``facility.edit`` → 修改机构; an action nobody has named stands as its code."""
    kind, _, verb = action.rpartition(".")
    if verb in VERBS:
        thing = kind_words(kind)
        return VERBS[verb] if verb == "refused" or thing == kind else f"{thing}：{VERBS[verb]}"
    permission = access_table().permissions.get(action)
    return permission.label if permission else action


@lru_cache(maxsize=1024)
def kind_words(kind: str) -> str:
    """The Chinese name of a kind of object: one of ours, that of the model with this name, or what is recorded."""
    if kind in KINDS:
        return KINDS[kind]
    model = _model(kind)
    if model is not None:
        return str(model._meta.verbose_name)
    definition = _definition(kind)
    return definition.label if definition is not None else kind


@lru_cache(maxsize=4096)
def field_words(kind: str, name: str) -> str:
    """The Chinese name of a field of such an object; a name that is no field stands as it is."""
    model = _model(kind)
    if model is None:
        definition = _definition(kind)
        return definition.fields[name].label if definition and name in definition.fields else name
    try:
        return str(getattr(model._meta.get_field(name), "verbose_name", name))
    except FieldDoesNotExist:
        return name


def _model(kind: str) -> Any:
    """The model of a kind of object: by its name (``tcm_hall`` or ``tcmhall``), or with its app's."""
    plain = kind.replace("_", "")
    found = (
        one for one in apps.get_models() if plain == one._meta.model_name or kind == one._meta.label_lower
    )
    return {"account": get_user_model()}.get(kind) or next(found, None)


def _definition(kind: str) -> Definition | None:
    """What is recorded under this name (``lecture``, or its register's ``records.lecture``), if anything is."""
    return load_definitions(*settings.XINGLIN_DEFINITIONS).definitions.get(kind.removeprefix("records."))


@dataclass(frozen=True)
class Anchored:
    """An anchor: where, up to which number, since when."""

    path: str
    sequence: int
    at: datetime | None


@dataclass(frozen=True)
class State:
    """The chain at a glance.

    Attributes:
        verified: the latest verification, None before the first. tone, words: its outcome.
    """

    sealed: int
    unsealed: int
    verified: Entry | None
    tone: str
    words: str
    anchors: list[Anchored]


def state() -> State:
    """The state of the chain, in four queries."""
    head = Seal.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    last = Entry.objects.filter(kind="audit.chain", action="audit.verify").order_by("-at", "-pk").first()
    tone, words = ("none", "还没有核对过") if last is None else _outcome(last)
    return State(head, unsealed(), last, tone, words, [_anchored(path) for path in anchor.paths()])


def _outcome(last: Entry) -> tuple[str, str]:
    return ("good", "完整") if last.outcome == "done" else ("bad", "发现问题")


def _anchored(path: Any) -> Anchored:
    line = anchor.last(path)
    return Anchored(str(path), line.sequence if line else 0, parse_datetime(line.at) if line else None)
