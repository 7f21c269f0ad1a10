"""Rules about herbs under control (banned, external, toxic, narcotic, protected) and what a post may write."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from xinglin.knowledge.herbs import Found, ToxicItem
from xinglin.knowledge.safety.case import Amount, Case, plain
from xinglin.knowledge.safety.model import Finding, Offer


def banned(case: Case) -> Iterator[Finding]:
    """Herbs that are no longer drugs, and animals that may not be traded; by whatever route."""
    for amount in case.amounts:
        if amount.herb.banned:
            note = amount.herb.note
            yield case.finding(
                "banned", amount.entries, f"{amount.herb.name}不得开具", "请删去，另选他药", why=note
            )


def external_only(case: Case) -> Iterator[Finding]:
    """What is only applied, by mouth."""
    if not case.oral:
        return
    for amount in case.usable:
        herb = amount.herb
        if herb.external_only and not (amount.raw and _item(case, amount)):
            forms = _forms(case, amount)
            yield case.finding(
                "external_only",
                amount.entries,
                f"{herb.name}只供外用，处方为内服",
                f"请改用{'、'.join(forms)}，或改为外用" if forms else "请删去，或改为外用",
                why=herb.note,
                offers=tuple(Offer(at, "herb", form) for at in amount.at for form in forms),
            )


def toxic(case: Case) -> Iterator[Finding]:
    """The 28 items: raw forms and those without an oral dose only under their procedure, and never above two days."""
    for amount in case.usable:
        item = _item(case, amount)
        if item is not None:
            yield from _toxic(case, amount, item)


def _item(case: Case, amount: Amount) -> ToxicItem | None:
    """The item of the national list that is written, None if it is none.

    A herb whose raw form is on the list counts only where 生 is written: otherwise the processed form is dispensed.
    """
    herb = amount.herb
    if herb.control == "toxic28" or (herb.control == "toxic28_raw" and amount.raw):
        return case.rules.table.toxic_item(herb)
    return None


def _toxic(case: Case, amount: Amount, item: ToxicItem) -> Iterator[Finding]:
    procedure = case.context.toxic_procedure
    if case.oral and amount.herb.external_only and not amount.raw:
        return  # stopped as external only
    if item.daily_max is None and not amount.raw and not amount.herb.external_only:
        if case.oral or not procedure or _refused(case, amount):
            yield case.finding(
                "toxic_not_prescribable",
                amount.entries,
                f"{item.official}为毒性药品管理品种",
                "请删去，另选他药",
                why=amount.herb.note,
            )
            return
    elif case.oral and amount.raw and not procedure:
        forms = _forms(case, amount)
        yield case.finding(
            "toxic_raw",
            amount.entries,
            f"{item.official}内服",
            f"请改用{'、'.join(forms)}" if forms else "请改用炮制品",
            offers=tuple(Offer(at, "herb", form) for at in amount.at for form in forms),
        )
        return
    if case.oral:
        yield from _limit(case, amount, item)
    yield case.finding(
        "toxic_register", amount.entries, f"{item.official}属毒性药品", "请按毒性药品处方保存并双人调配"
    )


def _limit(case: Case, amount: Amount, item: ToxicItem) -> Iterator[Finding]:
    """More on the prescription than the most for two days; without a printed amount nothing is allowed by mouth."""
    if amount.grams is None:
        return
    days = case.rules.number("toxic_days")
    most = (item.daily_max or Decimal(0)) * days
    total = amount.grams * case.prescription.doses
    if total > most:
        limit = f"{plain(days)}日极量{plain(most)}克" if item.daily_max else "药典没有内服限量"
        yield case.finding(
            "toxic_limit",
            amount.entries,
            f"{item.official}全方共{plain(total)}克，{limit}",
            "请减少克数或剂数" if item.daily_max else "请删去，另选他药",
            why=item.note,
        )


def _refused(case: Case, amount: Amount) -> bool:
    """One of its names is refused outright, so that no procedure opens it to a grassroots post."""
    generic = case.rules.table.generic
    names = (amount.herb.name, *amount.herb.aliases)
    return any(name in generic and generic[name].action == "reject" for name in names)


def _forms(case: Case, amount: Amount) -> tuple[str, ...]:
    """Processed forms that may be written instead."""
    for entry in amount.entries:
        if isinstance(entry.answer, Found) and entry.answer.alternatives:
            return entry.answer.alternatives
    return tuple(
        herb.name for herb in case.rules.table if herb.base == amount.herb.name and not herb.external_only
    )


def poppy(case: Case) -> Iterator[Finding]:
    """罂粟壳: amount, company, days, right and place; none of it can be signed away."""
    husk = next((one for one in case.usable if one.herb.control == "narcotic"), None)
    if husk is None:
        return
    name, number = husk.herb.name, case.rules.number
    lasts, most = case.prescription.lasts, number("poppy_days")
    running = case.context.poppy_days + lasts
    if case.exceeds(husk, number("poppy_daily_grams")):
        what = f"{name}每日{case.daily(husk)}克，上限{plain(number('poppy_daily_grams'))}克"
        yield case.finding("poppy_dose", husk.entries, what, "请减到 3～6 克")
    if len({entry.name for entry in case.entries}) == 1:
        yield case.finding("poppy_alone", husk.entries, f"处方只有{name}一味", "请与他药同用，或删去")
    if lasts > most:
        yield case.finding("poppy_days", husk.entries, f"{name}共{lasts}日量", f"请减到{plain(most)}日以内")
    if running > number("poppy_days_running"):
        yield case.finding("poppy_running", husk.entries, f"{name}连用将达{running}天", "请停用或换药")
    if not case.context.narcotic_right:
        yield case.finding(
            "poppy_right", husk.entries, f"开具{name}须有麻醉药品处方权", "请转给有处方权的医师"
        )
    if not case.post.poppy_husk:
        yield case.finding("poppy_place", husk.entries, f"{case.post.title}不得开具{name}", "请转上级机构")


def animals(case: Case) -> Iterator[Finding]:
    """Herbs of protected animals that may be used with a mark."""
    for amount in case.usable:
        if amount.herb.control == "wildlife_license":
            yield case.finding(
                "protected_animal", amount.entries, f"{amount.herb.name}为受保护动物药", "请核对专用标识"
            )


def post(case: Case) -> Iterator[Finding]:
    """What a village doctor writes only with a remote physician."""
    if case.post.toxic != "sign" or not case.oral:
        return
    for amount in case.usable:
        if amount.herb.toxic:
            yield case.finding(
                "post_toxic",
                amount.entries,
                f"{amount.herb.name}{amount.herb.toxicity.value}，{case.post.title}开具",
                "请由远程中医师签名，或换用无毒的药",
            )
