"""What a change of the encryption key must find besides columns: exports on disk, and the filters of their jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinglin.apps.exchange import exporting, sealing
from xinglin.apps.protection import files, rotation
from xinglin.apps.protection.crypto import decrypt, encrypt, key_of
from xinglin.apps.protection.keys import keys
from xinglin.apps.work.files import folder
from xinglin.apps.work.models import Job

FILTERS = "filters"


def _exports() -> Iterator[files.Kept]:
    made = Job.objects.filter(kind=exporting.KIND).exclude(file="").order_by("pk")
    for id_, name in made.values_list("pk", "file"):
        yield files.Kept(folder(id_) / name, sealing.purpose(id_))


class _Filters:
    """The filters of exports, encrypted among the arguments of their jobs, which may be begun anew."""

    label = "work.job.arguments"

    def old(self) -> Sequence[str]:
        """Ids of their jobs."""
        current = keys().current
        known = Job.objects.filter(kind=exporting.KIND).order_by("pk").values_list("pk", "arguments")
        return [id_ for id_, arguments in known if key_of(arguments[FILTERS]) != current]

    def renew(self, one: str) -> bool:
        """Encrypt those of one job anew."""
        before = Job.objects.values_list("arguments", flat=True).get(pk=one)
        text = decrypt(before[FILTERS], exporting.PURPOSE)
        after = {**before, FILTERS: encrypt(text, exporting.PURPOSE)}
        return bool(Job.objects.filter(pk=one).update(arguments=after))


rotation.register(rotation.Files("files.exports", _exports))
rotation.register(_Filters())
