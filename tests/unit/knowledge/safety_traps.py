"""Hand-made prescriptions with what a pharmacist would say to each: every finding, and nothing else.

Herbs are written as on paper, ``附子9先煎``; 适量 stands for no grams. Findings are written ``rule:herb+herb``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xinglin.knowledge.safety import Context, Line, Patient, Prescription

_LINE = re.compile(r"^(?P<herb>\D*?)(?P<grams>-?[\d.]+|适量)(?P<footnote>.*)$")
_PATIENT = ("age", "pregnant", "lactating", "allergies")
_CONTEXT = ("post", "narcotic_right", "toxic_procedure", "running", "poppy_days", "template")


@dataclass(frozen=True)
class Trap:
    name: str
    prescription: Prescription
    patient: Patient
    context: Context
    expected: frozenset[tuple[str, tuple[str, ...]]]


def lines(text: str) -> tuple[Line, ...]:
    found = []
    for word in text.split():
        parts = _LINE.match(word)
        assert parts, word
        grams = None if parts["grams"] == "适量" else Decimal(parts["grams"])
        found.append(Line(parts["herb"].replace("_", " "), grams, parts["footnote"] or None))
    return tuple(found)


def trap(text: str, findings: str = "", **more: Any) -> Trap:
    patient = Patient(**{key: more.pop(key) for key in _PATIENT if key in more})
    context = Context(**{key: more.pop(key) for key in _CONTEXT if key in more})
    prescription = Prescription(lines(text), **{"doses": 2, **more})
    expected = frozenset(_finding(word) for word in findings.split())
    return Trap(f"{text} {patient} {context}", prescription, patient, context, expected)


def _finding(word: str) -> tuple[str, tuple[str, ...]]:
    rule, _, herbs = word.partition(":")
    return rule, tuple(sorted(filter(None, herbs.split("+"))))


_WEEK = {"doses": 7}
_HUSK = {"narcotic_right": True}
_EIGHTEEN = (
    "白术9 茯苓10 陈皮6 党参9 黄芪10 当归9 川芎5 白芍9 熟地黄9 "
    "柴胡6 黄芩6 桔梗6 枳壳6 香附6 木香3 山药15 莲子9 泽泻9"
)

TRAPS = (
    # 乌头类 against 半夏, 瓜蒌, 贝母, 白蔹, 白及 in all kinds of names
    trap("附子9先煎 半夏9", "opposed_pair:附子+半夏"),
    trap("制附片9先煎 清夏9", "opposed_pair:附子+清半夏"),
    trap("黑附片9久煎 姜夏9", "opposed_pair:黑顺片+姜半夏"),
    trap("白附片9先煎 半夏9", "opposed_pair:白附片+半夏"),
    trap("制川乌3先煎 瓜蒌皮9", "opposed_pair:制川乌+瓜蒌皮"),
    trap("制草乌1.5先煎 象贝9", "opposed_pair:制草乌+浙贝母"),
    trap("炮附片6先煎 花粉12", "opposed_pair:炮附片+天花粉"),
    trap("淡附片6先煎 瓜蒌根12", "opposed_pair:淡附片+天花粉"),
    trap("熟附片9先煎 白芨6", "opposed_pair:附子+白及"),
    trap("附片9先煎 白蔹6", "opposed_pair:附子+白蔹"),
    trap("附子9先煎 半夏9 瓜蒌12", "opposed_pair:附子+半夏 opposed_pair:附子+瓜蒌"),
    trap("附子18先煎 半夏12", "opposed_pair:附子+半夏 dose_above:附子 dose_above:半夏"),
    trap("附子9先煎 土贝母6"),
    trap("附子9先煎 白附子6"),
    trap("白附子6 半夏9"),
    trap("附子9先煎 半夏曲9", "pair_customary:附子+半夏曲"),
    trap("附子9先煎 胆南星6"),
    trap("川乌3 半夏9", "raw_unspecified:川乌 opposed_pair:川乌+半夏"),
    trap("川乌6 白术9", "raw_unspecified:川乌 dose_above:川乌"),
    trap("草乌3 白术9", "raw_unspecified:草乌"),
    trap("制川乌3先煎 水牛角15先煎"),
    # names that are not settled
    trap("贝母9 附子9先煎", "name_ambiguous:贝母 opposed_pair:贝母+附子"),
    trap("贝母9 白术9", "name_ambiguous:贝母"),
    trap("白附6 半夏9", "name_ambiguous:白附 opposed_possible:白附+半夏"),
    trap("白附6 白术9", "name_ambiguous:白附"),
    trap("乌头3 贝母9", "name_ambiguous:乌头 name_ambiguous:贝母 opposed_pair:乌头+贝母"),
    trap("炒白及6 制川乌3先煎", "name_unknown:炒白及 opposed_possible:炒白及+制川乌"),
    trap("蜜瓜蒌皮9 附子9先煎", "name_unknown:蜜瓜蒌皮 opposed_possible:蜜瓜蒌皮+附子"),
    trap("制半夏9 白术9", "name_ambiguous:制半夏"),
    trap("阿司匹林1 白术9", "name_unknown:阿司匹林"),
    trap("关白附3 白术9", "name_refused:关白附"),
    trap("贯众9 白术9", "name_ambiguous:贯众"),
    trap("银花10 连召9"),
    trap("双花10 金银花5", "same_herb_twice:金银花"),
    trap("杏仁9后下 海金砂9包煎"),
    trap("甘_草3 白术9"),
    # 甘草
    trap("甘草6 海藻9", "opposed_pair:甘草+海藻"),
    trap("蜜甘草6 海藻9", "opposed_pair:炙甘草+海藻"),
    trap("甘草6 昆布9"),
    trap("炙甘草3 醋甘遂1冲服", "opposed_pair:炙甘草+甘遂"),
    trap("国老3 醋芫花1.5", "opposed_pair:甘草+芫花"),
    trap("大戟3 甘草3", "name_ambiguous:大戟 opposed_pair:大戟+甘草"),
    trap("甘草3 炙甘草3 海藻9", "same_base:甘草+炙甘草 opposed_pair:甘草+海藻 opposed_pair:炙甘草+海藻"),
    trap("海藻9 玄参9 牡蛎15先煎"),
    # 藜芦
    trap("藜芦1 党参9", "toxic_no_dose:藜芦 opposed_pair:藜芦+党参"),
    trap("藜芦1 沙参9", "toxic_no_dose:藜芦 name_ambiguous:沙参 opposed_pair:藜芦+沙参"),
    trap("藜芦1 酒丹参10", "toxic_no_dose:藜芦 opposed_pair:藜芦+酒丹参"),
    trap("藜芦1 苦参6", "toxic_no_dose:藜芦 opposed_pair:藜芦+苦参"),
    trap("藜芦1 杭芍9", "toxic_no_dose:藜芦 opposed_pair:藜芦+白芍"),
    trap("藜芦1 太子参9", "toxic_no_dose:藜芦 pair_customary:藜芦+太子参"),
    trap("藜芦1 参9", "toxic_no_dose:藜芦 name_ambiguous:参 opposed_possible:参+藜芦"),
    trap("人参6另煎 党参9 玄参9 丹参10 细辛3 白芍9 赤芍9"),
    # 十九畏
    trap("丁香3 郁金9", "opposed_pair:丁香+郁金"),
    trap("丁香3 姜黄9"),
    trap("母丁香3 郁金9", "opposed_pair:母丁香+郁金"),
    trap("人参6另煎 五灵脂6包煎", "opposed_pair:人参+五灵脂"),
    trap("党参9 五灵脂6包煎", "pair_customary:党参+五灵脂"),
    trap("肉桂3 赤石脂9先煎", "opposed_pair:肉桂+赤石脂"),
    trap("桂枝6 赤石脂9先煎", "pair_customary:桂枝+赤石脂"),
    trap("官桂3 赤石脂9先煎", "name_ambiguous:官桂 opposed_pair:官桂+赤石脂"),
    trap("芒硝9冲服 醋三棱6", "opposed_pair:芒硝+醋三棱"),
    trap("朴硝9冲服 三棱6", "name_ambiguous:朴硝 opposed_pair:朴硝+三棱"),
    trap("皮硝9冲服 莪术6"),
    trap("巴豆霜0.1冲服 黑丑3", "opposed_pair:巴豆霜+牵牛子"),
    # doses: at the limit, above, spread over days, in powder, fresh, for a special use
    trap("细辛3 白术9"),
    trap("细辛3.01 白术9", "dose_above:细辛"),
    trap("细辛6 白术9", doses=3, days=6),
    trap("细辛2.5冲服 白术9", "powder_above:细辛"),
    trap("三七9 白术9"),
    trap("田七6冲服 白术9"),
    trap("三七7冲服 白术9", "powder_above:三七"),
    trap("麦芽60 白术9", "dose_above_special:麦芽"),
    trap("麦芽61 白术9", "dose_above:麦芽"),
    trap("炒麦芽60 白术9", "dose_above_special:炒麦芽 lactation_malt:炒麦芽", lactating=True),
    trap("炒麦芽15 白术9", lactating=True),
    trap("猫爪草120"),
    trap("猫爪草120 白术9", "dose_above:猫爪草"),
    trap("鲜芦根60 白术9"),
    trap("芦根60 白术9", "dose_above:芦根"),
    trap("鲜鱼腥草50后下 白术9"),
    trap("茯神30 白术9", "dose_above_unverified:茯神"),
    trap("白花蛇舌草90 白术9", "dose_above_unverified:白花蛇舌草"),
    trap("黄芪0.5 当归0.5 附子0.5先煎 细辛0.1", doses=14),
    trap("甘草0 白术9", "dose_missing:甘草"),
    trap("甘草适量 白术9", "dose_missing:甘草"),
    trap("甘草-3 白术9", "dose_missing:甘草"),
    trap("黄柏适量 苦参200", route="external"),
    trap("黄芪300 党参270", doses=1, days=30, kind="paste"),
    trap("黄芪1200 党参270", "dose_above:黄芪", doses=1, days=30, kind="paste"),
    trap("黄芪300 党参270", "dose_unchecked:", doses=1, kind="paste"),
    trap(_EIGHTEEN),
    trap(_EIGHTEEN + " 麦冬9", "many_herbs:"),
    trap(
        "石膏60先煎 磁石30先煎 牡蛎30先煎 白茅根30 薏苡仁30 黄芪30 山药30 葛根15 茵陈15 金钱草60 芦根30 车前草30",
        "heavy_dose:",
    ),
    trap("胖大海3泡服 白术9", "dose_unknown:胖大海"),
    # twice
    trap("黄芪20 北芪15", "same_herb_twice:黄芪 dose_above:黄芪"),
    trap("黄芪15 北芪15", "same_herb_twice:黄芪"),
    trap("生地10 地黄5", "same_herb_twice:地黄"),
    trap("地黄12 熟地黄12"),
    trap("甘草3 炙甘草3", "same_base:甘草+炙甘草"),
    trap("附子6先煎 黑顺片6先煎", "same_toxic_base:附子+黑顺片"),
    trap("半夏6 法半夏6", "same_base:半夏+法半夏"),
    trap("甘草3 白术9", "running_same:甘草", running=("国老",)),
    trap("法半夏9 白术9", "opposed_running:法半夏+附子", running=("制附片", "白术片")),
    trap("法半夏9 白术9", running=("白附子",)),
    # pregnancy
    trap("土元3 白术9", "pregnancy_forbidden:土鳖虫", pregnant=True),
    trap("土元3 白术9", pregnant=False),
    trap("土元3 白术9"),
    trap("桃仁6 白术9", "pregnancy_caution:桃仁", pregnant=True),
    trap("川芎5 白术9", "pregnancy_textbook:川芎", pregnant=True),
    trap("天山雪莲3 白术9", "pregnancy_textbook:天山雪莲", pregnant=True),
    trap("白术9 黄芩9 苎麻根10", pregnant=True),
    # raw and toxic
    trap("附子15先煎 干姜9", **_WEEK),
    trap("半夏9 厚朴9", **_WEEK),
    trap("生半夏9 白术9", "toxic_raw:半夏"),
    trap("生半夏9 白术9", "toxic_register:半夏", toxic_procedure=True),
    trap("生半夏9 白术9", "toxic_register:半夏 toxic_limit:半夏", toxic_procedure=True, doses=3),
    trap("生半夏适量 冰片1", "toxic_register:半夏", route="external"),
    trap("生附子15先煎 干姜9", "toxic_register:附子", toxic_procedure=True),
    trap("生川乌3先煎 白术9", "toxic_raw:川乌"),
    trap("生川乌3先煎 白术9", "toxic_register:川乌 toxic_limit:川乌", toxic_procedure=True),
    trap("斑蝥0.06冲服 白术9", "toxic_register:斑蝥"),
    trap("斑蝥0.06冲服 白术9", "toxic_register:斑蝥 toxic_limit:斑蝥", doses=3),
    trap("蟾酥0.03冲服 白术9", "toxic_register:蟾酥 toxic_limit:蟾酥", doses=7),
    trap("砒霜0.01 白术9", "toxic_not_prescribable:砒霜"),
    trap("砒霜0.01 白术9", "toxic_not_prescribable:砒霜", toxic_procedure=True, route="external"),
    trap("信石0.01 白术9", "name_refused:信石"),
    trap("红升丹1 白术9", "toxic_not_prescribable:红升丹", route="external"),
    trap("红升丹1 白术9", "toxic_register:红升丹", route="external", toxic_procedure=True),
    trap("朱砂0.5冲服 白术9"),
    trap("雷公藤10先煎 白术9", "toxic_no_dose:雷公藤"),
    trap("马钱子0.3冲服 白术9"),
    # external only
    trap("煅石膏15 白术9", "external_only:煅石膏"),
    trap("煅石膏15 黄柏9", route="external"),
    trap("石膏30先煎 知母9"),
    trap("天南星6 白术9", "external_only:天南星"),
    trap("生南星6 白术9", "toxic_raw:天南星"),
    trap("制南星6 白术9"),
    trap("南星6 白术9", "name_ambiguous:南星"),
    trap("炉甘石10 白术9", "external_only:炉甘石"),
    trap("密陀僧3 白术9", "external_only:密陀僧"),
    trap("狼毒3 密陀僧3", "external_only:狼毒 external_only:密陀僧 opposed_pair:狼毒+密陀僧"),
    # banned and protected
    trap("关木通6 白术9", "banned:关木通"),
    trap("木通6 川木通6"),
    trap("青木香6 白术9", "banned:青木香"),
    trap("木香6 川木香6"),
    trap("广防己6 白术9", "banned:广防己"),
    trap("防己6 白术9"),
    trap("穿山甲6 白术9", "banned:穿山甲", route="external"),
    trap("羚羊角1研粉冲服 白术9", "protected_animal:羚羊角"),
    # 罂粟壳
    trap("罂粟壳6 白术9", **_HUSK),
    trap("米壳2 白术9", **_HUSK),
    trap("罂粟壳6.1 白术9", "poppy_dose:罂粟壳", **_HUSK),
    trap("罂粟壳6", "poppy_alone:罂粟壳", **_HUSK),
    trap("罂粟壳3 米壳3", "poppy_alone:罂粟壳 same_herb_twice:罂粟壳", **_HUSK),
    trap("罂粟壳6 白术9", "poppy_days:罂粟壳", doses=4, **_HUSK),
    trap("罂粟壳6 白术9", "poppy_running:罂粟壳", doses=3, poppy_days=5, **_HUSK),
    trap("罂粟壳6 白术9", doses=3, poppy_days=4, **_HUSK),
    trap("罂粟壳6 白术9", "poppy_right:罂粟壳"),
    trap("罂粟壳6 白术9", "poppy_place:罂粟壳", post="filed_clinic", **_HUSK),
    # allergy
    trap("法半夏9 白术9", "allergy:法半夏", allergies=("对半夏过敏",)),
    trap("姜半夏9 白术9", "allergy:姜半夏", allergies=("法夏（皮疹）",)),
    trap("川贝3 白术9", "allergy:川贝母", allergies=("贝母",)),
    trap("天花粉12 白术9", "allergy_possible:天花粉", allergies=("花粉",)),
    trap("天花粉12 白术9", "allergy:天花粉", allergies=("天花粉",)),
    trap("牡蛎15先煎 白术9", allergies=("青霉素、海鲜", "头孢")),
    trap("人参6另煎 白术9", "allergy_possible:人参", allergies=("人参蜂王浆",)),
    trap("当归9 川芎5", "allergy:川芎 allergy:当归", allergies=("川芎、当归",)),
    trap("丹参10 当归9", allergies=("党参",)),
    # age and post
    trap("细辛3 白术9", "child_dose:白术+细辛", age=2),
    trap("细辛1 白术3", age=5),
    trap("细辛3 白术9", age=12),
    trap("附子9先煎 白术9", "elderly_toxic:附子", age=80),
    trap("苦杏仁6后下 白术9", age=80),
    trap("附子9先煎 白术9", "post_toxic:附子", post="village_doctor"),
    trap("苦杏仁6后下 艾叶6", post="village_doctor"),
    trap("附子9先煎 白术9", post="one_person"),
    # footnotes
    trap("附子9 白术9", "footnote_missing:附子"),
    trap("附子9先煎30分钟 白术9"),
    trap("附子9冲服 白术9", "footnote_missing:附子"),
    trap("附子9 白术9", kind="granules"),
    trap("薄荷6 白术9", "footnote_missing:薄荷"),
    trap("薄荷6后下 白术9"),
    trap("大黄9 白术9", "not_long:大黄"),
    trap("川军9后下 白术9"),
    trap("阿胶9烊化 白术9"),
    trap("阿胶9 白术9", "footnote_missing:阿胶"),
    trap("芒硝9 白术9", "footnote_missing:芒硝"),
    trap("鸦胆子1 白术9", "not_decoctable:鸦胆子"),
    trap("鸦胆子1胶囊吞服 白术9"),
    trap("人参3研末吞服 白术9"),
)
