"""The upload form."""

from __future__ import annotations

from typing import Any

from django import forms

from xinglin.apps.exchange.guard import MAX_BYTES
from xinglin.apps.exchange.spec import permitted


class UploadForm(forms.Form):
    """A file, and which register it holds if its name does not say so."""

    file = forms.FileField(
        label="文件",
        help_text=f"按模板填好的 Excel（xlsx），或 CSV；不超过 {MAX_BYTES // 1024 // 1024} MB、200,000 行",
        error_messages={"empty": "文件是空的，请选择填好的模板"},
    )
    table = forms.ChoiceField(label="表", required=False, help_text="工作表名或文件名就是表名时不用选")

    def __init__(self, user: Any, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        specs = permitted(user, "edit")
        self.fields["table"].choices = [  # type: ignore[attr-defined]
            ("", "按工作表名或文件名"),
            *((spec.name, spec.label) for spec in specs),
        ]
        self.fields["file"].widget.attrs["accept"] = ".xlsx,.csv"

    def clean_file(self) -> Any:
        """Too large a file is refused before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            size = file.size / 1024 / 1024
            raise forms.ValidationError(f"文件有 {size:.1f} MB，太大了：请按乡镇或类别分成几个文件")
        return file
