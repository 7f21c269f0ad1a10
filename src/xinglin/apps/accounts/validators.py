"""What a password must be, where Django has no Chinese words for it."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator


class LongEnough(MinimumLengthValidator):
    """Django's rule on length; its message is not translated in the version we use."""

    def get_error_message(self) -> str:
        """What is wrong, and how long it must be."""
        return f"密码太短：至少要 {self.min_length} 个字符，可以用一句话。"
