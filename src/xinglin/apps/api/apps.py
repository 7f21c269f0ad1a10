"""The API app."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Tokens, and what may be read and written with them."""

    name = "xinglin.apps.api"
    label = "api"
    verbose_name = "接口"

    def ready(self) -> None:
        """Its places in the menu."""
        from xinglin.apps.ui.navigation import add

        add("接口令牌", "api:tokens", "token.own", "我的账号", "让别的程序按您的权限读写数据")
        add("全部接口令牌", "api:all_tokens", "token.manage", "管理", "谁发了哪些令牌、何时用过，必要时吊销")
