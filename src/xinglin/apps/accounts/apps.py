"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts, grants, signing in."""

    name = "xinglin.apps.accounts"
    label = "accounts"
    verbose_name = "账号"

    def ready(self) -> None:
        """Entries of the menu."""
        from xinglin.apps.ui import navigation

        navigation.add("账号", "accounts:users", "user.manage", "管理", "建账号、授权、停用、重置密码")
        navigation.add("权限表", "accounts:matrix", "matrix.view", "管理", "每个角色能做什么、打开哪些页面")
