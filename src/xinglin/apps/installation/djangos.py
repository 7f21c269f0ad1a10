"""Checks that are not ours, in Chinese: number and level stay, message and hint are ours.

Whatever has no words here stands as its number with where to look for it, so that no page and no command shows English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.checks import CheckMessage

CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"(?:[A-Za-z'’]{2,}[,;:]? ){3,}[A-Za-z'’]{2,}")
"""Four English words in a row: a sentence, and neither a name nor a command."""

PROXY = "设置 XINGLIN_HTTPS=1 和 XINGLIN_PROXIES=1；站点前面要有提供 HTTPS 的反向代理"
MIDDLEWARE = "恢复程序自带的 MIDDLEWARE 设置"
ORIGINAL = "恢复程序自带的设置（xinglin.config.settings）"

WORDS = {
    "security.W001": ("没有启用安全中间件，下面的几项保护不起作用", MIDDLEWARE),
    "security.W002": ("没有启用防止页面被嵌入的中间件", MIDDLEWARE),
    "security.W003": ("没有启用防止跨站请求伪造的中间件", MIDDLEWARE),
    "security.W004": ("没有让浏览器记住只用 HTTPS（HSTS）", PROXY),
    "security.W005": ("HSTS 不包括子域名", "所有子域名都有 HTTPS 时才需要；否则可以不管"),
    "security.W006": ("没有禁止浏览器猜测文件类型", ORIGINAL),
    "security.W008": ("没有把 HTTP 请求转到 HTTPS", PROXY),
    "security.W009": (
        "会话签名密钥太短或过于简单",
        "从备份恢复 keys.json；密钥由 xinglin site create 随机生成",
    ),
    "security.W010": ("会话 Cookie 会以明文传送", PROXY),
    "security.W011": ("会话 Cookie 会以明文传送", PROXY),
    "security.W012": ("会话 Cookie 会以明文传送", PROXY),
    "security.W013": ("脚本读得到会话 Cookie", ORIGINAL),
    "security.W014": ("脚本读得到会话 Cookie", ORIGINAL),
    "security.W015": ("脚本读得到会话 Cookie", ORIGINAL),
    "security.W016": ("防伪造 Cookie 会以明文传送", PROXY),
    "security.W018": ("处于调试模式：出错时会把内部信息显示给访问者", "设置 DEBUG = False"),
    "security.W019": ("页面允许被同站的页面嵌入", ORIGINAL),
    "security.W020": ("没有设置主机名，任何请求都会被拒绝", "设置 XINGLIN_HOSTS=主机名（多个用逗号隔开）"),
    "security.W021": ("没有申请列入浏览器的 HSTS 预置名单", "自愿项目，可以不管"),
    "security.W022": ("没有限制把来源地址告诉别的网站", ORIGINAL),
    "security.E023": ("来源地址策略（SECURE_REFERRER_POLICY）的值不对", ORIGINAL),
    "security.E024": ("跨源打开策略（SECURE_CROSS_ORIGIN_OPENER_POLICY）的值不对", ORIGINAL),
    "security.W025": ("旧的会话签名密钥太短或过于简单", "去掉 SECRET_KEY_FALLBACKS 里的旧密钥"),
    "security.E100": ("登录哈希算法的设置不对", ORIGINAL),
    "security.E101": ("防伪造失败页面（CSRF_FAILURE_VIEW）的参数不对", ORIGINAL),
    "security.E102": ("防伪造失败页面（CSRF_FAILURE_VIEW）找不到", ORIGINAL),
    "csp.E001": ("内容安全策略的设置是旧写法，不起作用", ORIGINAL),
    "csp.E002": ("内容安全策略的设置不对", ORIGINAL),
    "staticfiles.W004": ("静态文件目录不存在", "运行 xinglin site upgrade"),
    "files.W001": ("上传文件的临时目录不存在", "建立该目录，或恢复程序自带的设置"),
}


def in_chinese(one: CheckMessage) -> CheckMessage:
    """The same finding in Chinese; what already is stays as it is."""
    if CHINESE.search(str(one.msg)) and not ENGLISH.search(f"{one.msg} {one.hint or ''}"):
        return one
    message, hint = WORDS.get(one.id or "", _unknown(one))
    return CheckMessage(one.level, message, hint=hint, obj=one.obj, id=one.id)


def _unknown(one: CheckMessage) -> tuple[str, str]:
    """Names in backquotes and quotes are kept: they tell which setting or model is meant."""
    names = "、".join(dict.fromkeys(_names(str(one.msg))))
    about = f"（涉及 {names}）" if names else ""
    return (
        f"没有通过 Django 的检查{about}",
        "程序原样安装时不会出现：请重新安装这一版本，恢复程序自带的设置；仍有则把编号报告给开发者",
    )


def _names(text: str) -> Iterator[str]:
    """Settings, and what stands in quotes without a space."""
    yield from re.findall(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", text)
    yield from re.findall(r"['‘`\"]([\w.]+)['’`\"]", text)
