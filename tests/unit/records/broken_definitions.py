"""Ways to write a definition wrongly: base, what is changed, what its author is told after the file's name."""

# ruff: noqa: E501, DTZ001

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from record_making import GONE

CASES: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (
        "case",
        {"moves.accept.gates": [{"of": "nothing", "most": 0, "says": "还有"}]},
        ("moves.accept.gates：没有记录定义“nothing”",),
    ),
    (
        "case",
        {"moves.accept.gates": [{"of": "thing", "most": 0, "says": "还有"}]},
        ("moves.accept.gates：thing 不是“thing”的下级记录，link 请写 place 或 facility",),
    ),
    (
        "case",
        {
            "moves.accept.gates": [
                {
                    "of": "thing",
                    "link": "place",
                    "where": {"field": "state", "is": "done"},
                    "most": 0,
                    "says": "还有",
                }
            ]
        },
        ("moves.accept.gates：thing “state”没有“done”这一项",),
    ),
    (
        "case",
        {"moves.accept.gates": [{"of": "thing", "link": "place", "says": "还有"}]},
        ("moves.accept.gates.0：应写 least 或 most",),
    ),
    ("register", {"colour": "red"}, ("colour：不认识这个键，请检查拼写或删去",)),
    ("register", {"label": GONE}, ("label：缺少这个键",)),
    (
        "register",
        {"kind": "folder"},
        ("kind：值不在允许的范围内：register、activity、case、assessment、survey",),
    ),
    ("register", {"id": "other"}, ("id：不写，由文件名和文件夹名决定",)),
    (
        "register",
        {"label": "一个比十六个字还要长得多的很长的名称"},
        ("label 有 18 个字，应在 1 至 16 个之间",),
    ),
    ("register", {"retention": 0}, ("retention：应是年数，或 permanent",)),
    ("register", {"retention": "forever"}, ("retention：应是年数，或 permanent",)),
    ("register", {"title": []}, ("title 是空的",)),
    ("register", {"who.read": []}, ("who.read 是空的",)),
    (
        "register",
        {"fields.Name": {"label": "名", "type": "text"}},
        ("fields：“Name”只用小写字母、数字、下划线，以字母开头",),
    ),
    (
        "register",
        {"fields.state": {"label": "状态", "type": "text"}},
        ("fields：“state”是系统自己用的名字，请换一个",),
    ),
    (
        "register",
        {"fields.county": {"label": "县", "type": "text"}},
        ("fields：“county”是系统自己用的名字，请换一个",),
    ),
    ("register", {"fields.name.label": " "}, ("fields.name.label：是空的",)),
    (
        "register",
        {"fields.name.type": "string"},
        (
            "fields.name.type：值不在允许的范围内：text、lines、integer、decimal、boolean、date、year、month、code、codes、place、facility、hall、practitioner、consortium、facilities、practitioners、record、person、file",
        ),
    ),
    (
        "register",
        {"fields.level.codes": GONE},
        ("fields.level：类型 code、codes 必须且只有它们才写 codes 或 options（只写一个）",),
    ),
    ("register", {"fields.level.codes": "unit_levels"}, ("fields.level.codes：没有代码表“unit_levels”",)),
    (
        "register",
        {"fields.level.options": {"a": "甲"}},
        ("fields.level：类型 code、codes 必须且只有它们才写 codes 或 options（只写一个）",),
    ),
    ("register", {"fields.rooms.options": {}}, ("fields.rooms：options 是空的",)),
    (
        "register",
        {"fields.rooms.options": {"hall": "室", "screen": "室"}},
        ("fields.rooms：options 里“室”写了两次",),
    ),
    (
        "register",
        {"fields.rooms.options": {"hall": "室", "a b": "屏"}},
        ("fields.rooms：options 的代码“a b”只用字母、数字、下划线",),
    ),
    (
        "register",
        {"fields.rooms.options": {"hall": "室；厅", "screen": "屏"}},
        ("fields.rooms：options 的“室；厅”里不能有分号、换行，表格里用它们分开几项",),
    ),
    (
        "register",
        {"fields.rooms.options": {"hall": "室", 1: "屏"}},
        ("fields.rooms.options.1.[key]：应为文字",),
    ),
    ("register", {"fields.name.min": 1}, ("fields.name：只有数字才写 min、max",)),
    ("register", {"fields.people.places": 1}, ("fields.people：只有类型 decimal 才写 places",)),
    ("register", {"fields.people.min": 60}, ("fields.people：min 60 大于 max 50",)),
    ("register", {"fields.area.places": 9}, ("fields.area：places 应在 0 至 6 之间",)),
    ("register", {"fields.name.unit": "个"}, ("fields.name：只有数字才写 unit",)),
    ("register", {"fields.people.longest": 5}, ("fields.people：只有文字才写 longest",)),
    ("register", {"fields.name.longest": 0}, ("fields.name：longest 应是正数",)),
    (
        "register",
        {"fields.people.personal": "health"},
        ("fields.people：个人信息只能是 text、lines、person 或 file",),
    ),
    (
        "register",
        {"fields.idno": {"label": "证件号", "type": "person"}},
        ("fields.idno：类型 person 要写 personal",),
    ),
    (
        "register",
        {"fields.base": {"label": "基地", "type": "record"}},
        ("fields.base：类型 record 必须且只有它才写 of",),
    ),
    (
        "register",
        {"fields.base": {"label": "基地", "type": "record", "of": "base"}},
        ("fields.base.of：没有记录定义“base”",),
    ),
    (
        "register",
        {"fields.town": {"label": "乡镇", "type": "place", "levels": [8]}},
        ("fields.town：只有类型 place 才写 levels，取自 2、4、6、9、12",),
    ),
    (
        "register",
        {"fields.name.levels": [6]},
        ("fields.name：只有类型 place 才写 levels，取自 2、4、6、9、12",),
    ),
    (
        "register",
        {"fields.facility": {"label": "机构", "type": "place"}},
        ("fields.facility：应是 facility",),
    ),
    (
        "register",
        {"fields.valid_from": {"label": "开始", "type": "year", "sample": 2024}},
        (
            "checks.0：“verified_on”是日期，不能与“valid_from”（数字）比较",
            "fields.valid_from：应是 date",
            "facts.unit.valid_from：“valid_from”是数字，放不进这一列",
        ),
    ),
    (
        "register",
        {"fields.all": {"label": "合计", "type": "integer", "computed": {"sum": ["people", "rooms"]}}},
        ("fields.all.computed：“rooms”不是数字",),
    ),
    (
        "register",
        {"fields.all": {"label": "合计", "type": "integer", "computed": {"sum": ["people", "beds"]}}},
        ("fields.all.computed：没有字段“beds”",),
    ),
    (
        "register",
        {"fields.all": {"label": "合计", "type": "text", "computed": {"sum": ["people"]}}},
        ("fields.all：只有类型 integer、decimal 才能算出来",),
    ),
    (
        "register",
        {"fields.all": {"label": "占比", "type": "integer", "computed": {"percent": ["people", "area"]}}},
        ("fields.all：percent 算出来的是 decimal",),
    ),
    (
        "register",
        {
            "fields.all": {
                "label": "月数",
                "type": "decimal",
                "computed": {"months": ["valid_from", "valid_to"]},
            }
        },
        ("fields.all：months 算出来的是 integer",),
    ),
    (
        "register",
        {
            "fields.all": {
                "label": "月数",
                "type": "integer",
                "computed": {"months": ["valid_from", "people"]},
            }
        },
        ("fields.all.computed：“people”不是日期",),
    ),
    (
        "register",
        {
            "fields.all": {
                "label": "合计",
                "type": "integer",
                "required": True,
                "computed": {"sum": ["people"]},
            }
        },
        ("fields.all：算出来的字段不写 required、when",),
    ),
    (
        "register",
        {"fields.all": {"label": "合计", "type": "integer", "computed": {}}},
        ("fields.all.computed：应写 sum、difference、product、percent、days、months 之一，只写一个",),
    ),
    (
        "register",
        {"fields.all": {"label": "合计", "type": "integer", "computed": {"sum": ["all"]}}},
        ("fields：“all”、“all” 互相依赖，分不出先后",),
    ),
    (
        "register",
        {
            "fields.people.when": {"field": "area", "given": True},
            "fields.area.when": {"field": "people", "given": True},
        },
        ("fields：“people”、“area”、“people” 互相依赖，分不出先后",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "verified", "is": 1}},
        ("fields.verified_on.when：“verified”是是否题，is 后面应写 true 或 false，不是“1”",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "verified", "is": "true"}},
        ("fields.verified_on.when：“verified”是是否题，is 后面应写 true 或 false，不是“true”",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "verfied", "is": True}},
        ("fields.verified_on.when：没有字段“verfied”",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "level", "is": "township", "in": ["county"]}},
        (
            "fields.verified_on.when：field 后面应写一个判断：is、is_not、in、has、at_least、more_than、at_most、less_than、given；别处不写",
        ),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "level", "is": "nowhere"}},
        ("fields.verified_on.when：“level”没有“nowhere”这一项",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "level", "at_least": "county"}},
        ("fields.verified_on.when：“level”是单选，不能用 at_least",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "rooms", "is": "hall"}},
        ("fields.verified_on.when：“rooms”是多选，不能用 is",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "rooms", "has": "kitchen"}},
        ("fields.verified_on.when：“rooms”没有“kitchen”这一项",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "name", "has": "基"}},
        ("fields.verified_on.when：“name”是文字，不能用 has",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "people", "more_than": "3"}},
        ("fields.verified_on.when：“people”是数字，more_than 后面应写数字，如 3，不是“3”",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "people", "is": True}},
        ("fields.verified_on.when：“people”是数字，is 后面应写数字，如 3，不是“true”",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "opened", "at_least": date(2024, 5, 1)}},
        ('fields.verified_on.when：“opened”是月份，at_least 后面应写月份，如 "2024-05"，不是“2024-05-01”',),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "state", "is": "open"}},
        ("fields.verified_on.when：没有字段“state”",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "photo", "is": "a"}},
        ("fields.verified_on.when：“photo”是文件，不能用 is",),
    ),
    (
        "register",
        {"fields.verified_on.when": {}},
        ("fields.verified_on.when：条件应写 all、any、not、field 之一，只写一个",),
    ),
    (
        "register",
        {"checks.0.that": {"field": "verified_on", "at_least": "2024-05-01"}},
        ("checks.0：“verified_on”是日期，at_least 后面应写日期，如 2024-05-20，不加引号，不是“2024-05-01”",),
    ),
    (
        "register",
        {"checks.0.that": {"field": "verified_on", "at_least": {"field": "people"}}},
        ("checks.0：“verified_on”是日期，不能与“people”（数字）比较",),
    ),
    (
        "register",
        {"checks.0.that": {"field": "verified_on", "at_least": {"field": "from"}}},
        ("checks.0：没有字段“from”",),
    ),
    ("register", {"checks.0.at": "nothing"}, ("checks.0.at：没有字段“nothing”",)),
    ("register", {"list": ["name", "nmae"]}, ("list：没有字段“nmae”",)),
    ("register", {"list": ["name", "photo"]}, ("list：“photo”是文件，不能写在这里",)),
    ("register", {"list": ["name", "contact"]}, ("list：“contact”是个人信息，不能写在这里",)),
    ("register", {"unique": [["contact"]]}, ("unique.0：“contact”是个人信息，不能写在这里",)),
    ("register", {"totals": ["name"]}, ("totals：“name”不是数字",)),
    ("register", {"kinds": ["shop"]}, ("没有机构类别“shop”",)),
    ("register", {"subject": "record"}, ("文件：subject 是 record 才写 of，且必须写",)),
    ("register", {"levels": [6]}, ("文件：subject 是 place 才写 levels",)),
    ("survey", {"levels": [5]}, ("文件：levels 取自 2、4、6、9、12",)),
    ("survey", {"kinds": ["village_clinic"]}, ("subject 是 facility 或 hall 才写 kinds",)),
    ("register", {"who.verify": ["county_expert"]}, ("assessment 才写 who.verify",)),
    (
        "register",
        {"due.facility_kinds": ["village_clinic"]},
        ("due：应写 level、facility_kinds、per 之一，只写一个",),
    ),
    ("register", {"due.within": -1}, ("due.within 不小于 0",)),
    ("register", {"due.states": ["closed"]}, ("due：没有状态“closed”",)),
    ("register", {"due.every": "week"}, ("due.every：值不在允许的范围内：month、quarter、half、year、once",)),
    (
        "survey",
        {"due": {"every": "year", "level": 9, "who": "county_officer"}},
        ("due.level：记录的地区只能是 6 位，没有 9 位的",),
    ),
    (
        "survey",
        {"due": {"every": "year", "facility_kinds": ["village_clinic"], "who": "county_officer"}},
        ("due.facility_kinds：记录不是关于机构的，请写 level",),
    ),
    ("register", {"facts.0.table": "units"}, ("facts：没有事实表“units”",)),
    ("register", {"facts.0.table": "region"}, ("facts：没有事实表“region”",)),
    ("register", {"facts.0.columns.colour": "name"}, ("facts.unit：没有“colour”这一列",)),
    ("register", {"facts.0.columns.kind": GONE}, ("facts.unit：缺少必填的“kind”",)),
    (
        "register",
        {"facts.0.columns.kind": {"value": "library"}},
        ("facts.unit.kind：代码表“unit_kind”里没有“library”",),
    ),
    ("register", {"facts.0.columns.kind": "name"}, ("facts.unit.kind：“name”是文字，这一列是代码",)),
    (
        "register",
        {"facts.0.columns.kind": {"field": "level", "map": {"village": "education_base"}}},
        ("facts.unit.kind：“level”没有“village”这一项",),
    ),
    (
        "register",
        {"facts.0.columns.kind": {"field": "people", "map": {"1": "education_base"}}},
        (
            "facts.unit.kind：“people”是数字，不能用 map",
            "facts.unit.kind：这一列必填，“people”却可以不填；请设为必填，或用 states、where 限定",
        ),
    ),
    (
        "register",
        {"facts.0.columns.kind": {"field": "rooms", "value": "education_base"}},
        ("facts.0.columns.kind：应写 field 或 value 之一；map 只与 field 同写",),
    ),
    ("register", {"facts.0.columns.kind": {"field": "grade"}}, ("facts.unit.kind：没有字段“grade”",)),
    (
        "register",
        {"facts.0.columns.valid_from": "name"},
        ("facts.unit.valid_from：“name”是文字，放不进这一列",),
    ),
    ("register", {"facts.0.columns.people": "rooms"}, ("facts.unit.people：“rooms”是多选，放不进这一列",)),
    ("register", {"facts.0.columns.people": {"value": "5"}}, ("facts.unit.people：“5”放不进这一列",)),
    ("register", {"facts.0.columns.facility": "contact"}, ("facts.0：“contact”是个人信息，不能写在这里",)),
    ("register", {"facts.0.each": "name"}, ("facts.unit.each：“name”不是可多选的字段",)),
    ("register", {"facts.0.states": ["open"]}, ("facts：没有状态“open”",)),
    ("register", {"facts.0.where": {"field": "verifed", "is": True}}, ("facts.0.where：没有字段“verifed”",)),
    (
        "assessment",
        {"facts.0.columns.date": "note"},
        (
            "facts.assessment.date：“note”是文字，放不进这一列",
            "facts.assessment.date：这一列必填，“note”却可以不填；请设为必填，或用 states、where 限定",
        ),
    ),
    ("register", {"reports.counties.by": ["village"]}, ("reports.counties.by：没有字段“village”",)),
    (
        "register",
        {"reports.counties.where": {"field": "level", "is": "town"}},
        ("reports.counties.where：“level”没有“town”这一项",),
    ),
    (
        "register",
        {"reports.counties.columns.people.sum": "rooms"},
        ("reports.counties.columns.people：“rooms”不是数字",),
    ),
    (
        "register",
        {"reports.counties.columns.people.count": True},
        ("reports.counties.columns.people：应写 count、sum、mean、distinct、share、ratio 之一，只写一个",),
    ),
    (
        "register",
        {"reports.counties.columns.people.where": {"field": "contact", "given": True}},
        ("reports.counties.columns.people.where：“contact”是个人信息，不能写在这里",),
    ),
    (
        "case",
        {"reports.all.columns.closed.where": {"field": "state", "is": "done"}},
        ("reports.all.columns.closed.where：“state”没有“done”这一项",),
    ),
    (
        "register",
        {"reports.counties.cover": {"level": 6, "facility_kinds": ["village_clinic"]}},
        ("reports.counties.cover：应写 level 或 facility_kinds 之一",),
    ),
    ("case", {"states": GONE, "moves": GONE, "serves": {}, "reports": {}}, ("case 应写 states 和 moves",)),
    (
        "case",
        {"moves": {}, "serves": {}},
        (
            "states 与 moves 要同时写",
            "状态“submitted”到不了",
            "状态“closed”到不了",
            "状态“open”离不开，又不是 end",
            "状态“submitted”离不开，又不是 end",
        ),
    ),
    (
        "case",
        {"states.open.start": False},
        ("应有且只有一个 start 状态", "状态“open”到不了", "状态“submitted”到不了", "状态“closed”到不了"),
    ),
    (
        "case",
        {"states.closed.end": False},
        (
            "至少应有一个 end 状态",
            "状态“closed”离不开，又不是 end",
            "从状态“open”走不到 end",
            "从状态“submitted”走不到 end",
        ),
    ),
    ("case", {"states.closed.deadline": {"days": 3}}, ("状态“closed”是 end，不写 deadline",)),
    ("case", {"states.lost": {"label": "丢失", "end": True}}, ("状态“lost”到不了",)),
    (
        "case",
        {
            "states.stuck": {"label": "搁置"},
            "moves.hold": {"label": "搁置", "from": ["open"], "to": "stuck", "who": ["inspector"]},
        },
        ("状态“stuck”离不开，又不是 end",),
    ),
    (
        "case",
        {"states.submitted.end": True},
        (
            "moves.accept：从 end 状态“submitted”出发",
            "moves.reject：从 end 状态“submitted”出发",
            "状态“submitted”是 end，不写 deadline",
        ),
    ),
    (
        "case",
        {"moves.submit.to": "sent"},
        (
            "moves.submit：没有状态“sent”",
            "状态“submitted”到不了",
            "状态“closed”到不了",
            "从状态“open”走不到 end",
        ),
    ),
    ("case", {"moves.submit.from": "open"}, ("moves.submit.from：应为列表",)),
    ("case", {"moves.submit.from": []}, ("moves.submit：from 是空的",)),
    ("case", {"moves.submit.who": []}, ("moves.submit：应写 who 或 approvals（只写一个）",)),
    (
        "case",
        {"moves.submit.who": GONE, "moves.submit.approvals": {"a": {"label": "财务", "who": []}}},
        ("moves.submit：approvals 里每一个都要写 who",),
    ),
    ("case", {"moves.accept.not_by": ["sumbit"]}, ("moves.accept.not_by：没有“sumbit”",)),
    ("case", {"moves.submit.needs": ["paln"]}, ("moves.submit.needs：没有字段“paln”",)),
    (
        "case",
        {"moves.accept.sets": {"closed_on": "tomorrow"}},
        ("moves.accept.sets.closed_on：“tomorrow”不是日期",),
    ),
    (
        "case",
        {"moves.accept.sets": {"grade": "huge"}},
        ("moves.accept.sets.grade：“huge”不在代码表“程度”里",),
    ),
    (
        "case",
        {"moves.accept.when": {"field": "grade", "is": "huge"}},
        ("moves.accept.when：“grade”没有“huge”这一项",),
    ),
    ("case", {"states.open.deadline": {"field": "plan"}}, ("states.open.deadline：“plan”不是日期",)),
    (
        "case",
        {"states.open.deadline": {"days": 3, "months": 1}},
        ("states.open.deadline：应写 working_days、days、months、field 之一，只写一个",),
    ),
    (
        "case",
        {"states.submitted.deadline": {"working_days": 0}},
        ("states.submitted.deadline：期限应是正数，warn 不小于 0",),
    ),
    (
        "case",
        {"states.submitted.deadline": {"field": "due_on", "after": "due_on"}},
        ("states.submitted.deadline：写了 field 就不写 after",),
    ),
    (
        "assessment",
        {"standard": GONE, "serves": {}, "facts": [], "list": ["hall"]},
        ("assessment 必须且只有它才写 standard",),
    ),
    ("assessment", {"standard.code": "hall"}, ("standard.code：代码表“standard”里没有“hall”",)),
    (
        "assessment",
        {"standard.results.great": {"label": "很好", "needs": {"points": 35}}},
        (
            "standard.results：代码表“assessment_result”里没有“great”",
            "facts.assessment.result：代码表“assessment_result”里没有“great”",
        ),
    ),
    (
        "assessment",
        {"standard.groups.place.items.A1.points": 0},
        ("standard.groups.place.items.A1：points、unit 应是正数",),
    ),
    (
        "assessment",
        {"standard.groups.place.items.A1.unit": 0},
        ("standard.groups.place.items.A1：points、unit 应是正数",),
    ),
    (
        "assessment",
        {"standard.groups.place.items.A2.steps": {"齐全": 12}},
        ("standard.groups.place.items.A2：steps 里“齐全”的分值不在 0 至 10 之间",),
    ),
    (
        "assessment",
        {"standard.groups.place.items.A2.steps": {"不全": 5}},
        ("standard.groups.place.items.A2：steps 里没有满分 10",),
    ),
    (
        "assessment",
        {"standard.groups.people.items.A1": {"label": "又一", "points": 5}},
        ("standard：条目“A1”写了两次",),
    ),
    (
        "assessment",
        {"standard.results.passed.needs": {"full": ["C1"]}},
        ("standard：results.passed：没有条目“C1”",),
    ),
    (
        "assessment",
        {"standard.results.passed.needs": {"groups": {"things": 50}}},
        ("standard：results.passed：没有部分“things”",),
    ),
    (
        "assessment",
        {"standard.results.passed.needs": {"percent": 120}},
        ("standard：results.passed：百分比应在 0 至 100 之间",),
    ),
    (
        "assessment",
        {"standard.results.passed.needs": {"points": 50}},
        ("standard：results.passed：要 50 分，全部条目只有 40 分",),
    ),
    (
        "assessment",
        {"standard.results.passed.needs": {}},
        ("standard：results.passed：没有写 needs，谁都达到了",),
    ),
    (
        "assessment",
        {"standard.results.failed.needs": {"points": 1}},
        ("standard：results 的第一个是最低的结果（如未达标），不写 needs",),
    ),
    ("survey", {"survey.survey": "happiness"}, ("survey.survey：代码表“survey”里没有“happiness”",)),
    ("survey", {"survey.questions": {}}, ("survey：questions 是空的",)),
    ("survey", {"survey.reached": 120}, ("survey：reached 是百分制的分数，在 0 与 100 之间",)),
    ("survey", {"survey.small": 0}, ("survey：small 至少是 1",)),
    (
        "survey",
        {"survey.plan": {"error": 0}},
        ("survey.plan：confidence、error、expected、response 是百分数，在 0 与 100 之间；least 不小于 0",),
    ),
    (
        "survey",
        {"survey.questions.overall.scores": {"good": 50, "fine": 10}},
        ("survey.questions.overall：options 里没有“fine”",),
    ),
    (
        "survey",
        {"survey.questions.overall.scores": {"good": 50, "bad": -5}},
        ("survey.questions.overall：分值不能是负数",),
    ),
    (
        "survey",
        {"survey.questions.overall.right": ["good"]},
        ("survey.questions.overall：scores 与 right 只写一个；写了 right 要写 points",),
    ),
    (
        "survey",
        {"survey.questions.overall.options": {}},
        (
            "survey.questions.overall：choice、choices 必须且只有它们才写 options；options 里没有“good”；options 里没有“bad”",
        ),
    ),
    ("survey", {"survey.questions.attitude.steps": 1}, ("survey.questions.attitude：steps 至少是 2",)),
    (
        "survey",
        {"survey.questions.attitude.when": {"field": "overall", "is": "good"}},
        ("survey.questions.attitude.when：前面没有这一题“overall”",),
    ),
    (
        "survey",
        {"survey.questions.attitude.when": {"field": "used", "is": "maybe"}},
        ("survey.questions.attitude.when：“used”没有“maybe”这一项",),
    ),
    (
        "survey",
        {"survey.questions.age": {"label": "年龄", "type": "number"}},
        ("survey.questions.age：要写 sample",),
    ),
    ("register", {"serves": {"S232": ["transition"]}}, ("serves.S232：写了 transition，定义里却没有",)),
    ("register", {"serves": {"S232": []}}, ("serves.S232：写了 空，定义里却没有",)),
    (
        "register",
        {"serves": {"S232": ["page"]}},
        ("serves.S232.0：值不在允许的范围内：transition、deadline、fact、report",),
    ),
    ("register", {"version": 0}, ("version 从 1 开始",)),
    ("register", {"version": 2}, ("migrations：version 2 应写到 2 的迁移",)),
    (
        "register",
        {"version": 2, "migrations": {2: [{"rename": {"title": "nmae"}}]}},
        ("migrations.2：没有字段“nmae”",),
    ),
    (
        "register",
        {"version": 2, "migrations": {2: [{"fill": {"people": "many"}}]}},
        ("migrations.2.fill.people：“many”不是数字",),
    ),
    (
        "register",
        {"version": 2, "migrations": {2: [{"recode": {"level": {"town": "village"}}}]}},
        ("migrations.2：“level”没有“village”这一项",),
    ),
    (
        "register",
        {"version": 2, "migrations": {2: [{"drop": ["x"], "fill": {"people": 1}}]}},
        ("migrations.2.0：应写 rename、drop、fill、recode、states 之一，只写一个",),
    ),
    (
        "case",
        {"version": 2, "migrations": {2: [{"states": {"sent": "gone"}}]}},
        ("migrations.2：没有状态“gone”",),
    ),
    ("register", {"fields.name.sample": GONE}, ("fields.name：必填的字段要写 sample",)),
    ("register", {"fields.people.sample": 51}, ("sample：people：人数 51 大于 50人",)),
    ("register", {"fields.level.sample": "nowhere"}, ("sample：level：“nowhere”不在代码表“级别”里",)),
    ("register", {"fields.photo.sample": "a.jpg"}, ("fields.photo：这种字段不写 sample",)),
    (
        "register",
        {"fields.verified_on.sample": date(2024, 1, 1)},
        ("sample：verified_on：核验日期不能早于开始日期",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "valid_from", "at_least": {"feild": "x"}}},
        ("fields.verified_on.when.at_least：应写一个值，或 {field: 字段名}",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "level", "in": "county"}},
        ("fields.verified_on.when.in：应为列表",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "level", "in": [["county"]]}},
        ("fields.verified_on.when.in.0：应写一个值：文字、数字、日期、true 或 false",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "level", "is": ["county"]}},
        ("fields.verified_on.when.is：应写一个值：文字、数字、日期、true 或 false",),
    ),
    (
        "register",
        {"fields.verified_on.when": {"field": "valid_from", "at_least": datetime(2024, 1, 1, 8)}},
        ("fields.verified_on.when.at_least：应写一个值：文字、数字、日期、true 或 false",),
    ),
    ("register", {"fields.verified_on.when": "verified"}, ("fields.verified_on.when：应为键值表",)),
    (
        "register",
        {"fields.verified_on.when": {"all": []}},
        ("fields.verified_on.when：all、any 里至少写一个条件",),
    ),
    ("register", {"fields": ["a"]}, ("fields：应为键值表",)),
    (
        "register",
        {"fields.x": {"label": "合计", "type": "integer", "computed": {"sum": "people"}}},
        ("fields.x.computed.sum：应为列表",),
    ),
    ("register", {"fields.people.min": "few"}, ("fields.people.min：应为数字",)),
    (
        "register",
        {"facts.0.columns.kind": {"value": ["a"]}},
        ("facts.0.columns.kind.value：应写一个值：文字、数字、日期、true 或 false",),
    ),
    (
        "case",
        {"moves.accept.sets": {"closed_on": 5}},
        ("moves.accept.sets.closed_on：应写 true、false、选项的代码或文字（加引号）；当日写 today",),
    ),
    ("register", {"label": 5}, ("label：应为文字",)),
    ("register", {"unique": ["name"]}, ("unique.0：应为列表",)),
    ("register", {"fields.rooms.options": {"hall": 5}}, ("fields.rooms.options.hall：应为文字",)),
    (
        "register",
        {"due": {"every": "year", "per": "parent", "who": "county_officer"}},
        ("due.per：subject 是 record 才写，每条上级记录各报一份",),
    ),
    ("register", {"due.parents": {"field": "state", "is": "open"}}, ("due：写了 per: parent 才写 parents",)),
    (
        "register",
        {"reports.counties.columns.people": {"label": "比", "ratio": {"sum": "people", "over": "level"}}},
        ("reports.counties.columns.people：“level”不是数字",),
    ),
    (
        "register",
        {"reports.counties.columns.people": {"label": "比", "ratio": {"sum": "people", "over": "nobody"}}},
        ("reports.counties.columns.people：没有字段“nobody”",),
    ),
    (
        "register",
        {"reports.counties.columns.people": {"label": "比", "ratio": {"sum": "people"}}},
        ("reports.counties.columns.people.ratio.over：缺少这个键",),
    ),
    (
        "register",
        {"fields.x": {"label": "积", "type": "integer", "computed": {"product": ["people", "area"]}}},
        (
            "fields.x.computed：乘数里有小数，本字段请写 decimal 和 places",
            "fields.x.computed：乘数“area”没有 max，积没有上限，请写上",
        ),
    ),
    (
        "register",
        {"fields.x": {"label": "积", "type": "decimal", "computed": {"product": ["people", "people"]}}},
        ("fields.x.computed：积四舍五入到几位小数，请写 places",),
    ),
    (
        "register",
        {"fields.x": {"label": "积", "type": "integer", "computed": {"product": ["people"]}}},
        ("fields.x.computed：product 至少写两个字段",),
    ),
    (
        "register",
        {
            "fields.people.max": 10**8,
            "fields.x": {"label": "积", "type": "integer", "computed": {"product": ["people", "people"]}},
        },
        ("fields.x.computed：积可能超过 1,000,000,000,000,000，请把乘数的 max 改小",),
    ),
    (
        "register",
        {"fields.x": {"label": "积", "type": "integer", "computed": {"product": ["people", "name"]}}},
        (
            "fields.x.computed：“name”不是数字",
            "fields.x.computed：乘数里有小数，本字段请写 decimal 和 places",
            "fields.x.computed：乘数“name”没有 max，积没有上限，请写上",
        ),
    ),
    ("register", {"who.units": ["name"]}, ("who.units：read、write 里没有 liaison，写了不起作用",)),
    ("register", {"who.read": ["liaison"], "who.units": ["nobody"]}, ("who.units：没有字段“nobody”",)),
    (
        "register",
        {"who.read": ["liaison"], "who.units": ["people"]},
        ("who.units：“people”不是单位名称，应是 text、lines、code、codes",),
    ),
    (
        "register",
        {"who.read": ["liaison"], "who.units": ["contact"]},
        ("who.units：“contact”是个人信息，不能写在这里",),
    ),
    ("register", {"who.read": ["liaison"], "who.units": ["parent"]}, ("who.units：没有字段“parent”",)),
]
