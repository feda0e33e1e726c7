"""A page that shows every component once, with invented people; routed only while developing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import django_tables2 as tables
import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from .templatetags.statuses import STATUSES

START = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
PEOPLE = [
    ("周晓梅", "海岳基金 研究部", "attended", 5_640, "138****0001"),
    ("欧阳振华", "临港资产管理", "partly", 2_160, "138****0002"),
    ("Li Wei", "Northlight Capital", "attended", 7_020, "138****0003"),
    ("陈思远", "青禾证券", "absent", 0, "138****0004"),
    ("阿依古丽·买买提", "天山保险", "undecided", 3_900, "138****0005"),
    ("孙一", "海岳基金 交易部", "attended", 6_900, "138****0006"),
]


def said(chinese: str, english: str) -> str:
    """Choose the sample text in the reader's language; samples are not worth a catalogue."""
    return chinese if (get_language() or "").startswith("zh") else english


class PeopleTable(tables.Table):
    """The look of a table of people."""

    pick = tables.TemplateColumn(
        '<input class="form-check-input" type="checkbox" name="row" value="{{ record.name }}" data-pick aria-label="{{ record.name }}">',
        orderable=False,
        verbose_name="",
        attrs={"td": {"class": "rc-pick"}, "th": {"class": "rc-pick"}},
    )
    name = tables.TemplateColumn(
        '{% include "components/_person.html" with name=record.name note=record.company url="#" %}',
        attrs={"td": {"class": "rc-main-cell"}},
    )
    phone = tables.TemplateColumn('{% include "components/_phone.html" with masked=record.phone %}', orderable=False)
    state = tables.TemplateColumn("{% load rollcall %}{% status record.state %}")
    seconds = tables.TemplateColumn(
        "{% load rollcall %}{{ record.seconds|minutes }}",
        attrs={"td": {"class": "rc-number"}, "th": {"class": "rc-number"}},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"name": ("姓名", "Name"), "phone": ("手机", "Phone"), "state": ("结果", "Result"), "seconds": ("在会时长", "Present")}
        for column, pair in words.items():
            self.columns[column].column.verbose_name = said(*pair)


class Filters(forms.Form):
    """The look of a filter bar."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"] = forms.CharField(label=said("查找", "Search"), required=False, widget=forms.TextInput({"type": "search", "placeholder": said("姓名、公司", "Name, company")}))
        self.fields["state"] = forms.ChoiceField(label=said("结果", "Result"), required=False, choices=[("", said("全部", "All")), *((code, STATUSES[code].label) for code in ("attended", "partly", "absent"))])


class Sample(forms.Form):
    """One field of each kind, two of them wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"] = forms.CharField(label=said("会议主题", "Subject"), help_text=said("参会者会看到它。", "People in the meeting see it."))
        self.fields["start"] = forms.DateTimeField(label=said("开始时间", "Start"), widget=forms.DateTimeInput({"type": "datetime-local"}))
        self.fields["kind"] = forms.ChoiceField(label=said("名单类型", "Kind of list"), choices=[("e", STATUSES["expected"].label), ("v", "VIP")])
        self.fields["policy"] = forms.ChoiceField(label=said("判定方式", "Policy"), widget=forms.RadioSelect, choices=[("s", said("严格：姓名只作提示", "Strict: a name only proposes")), ("b", said("平衡：完整昵称可判定", "Balanced: a full name may decide"))])
        self.fields["file"] = forms.FileField(label=said("名单文件", "List file"), help_text=said("CSV 或 XLSX，最多 10 MB。", "CSV or XLSX, at most 10 MB."))
        self.fields["notes"] = forms.CharField(label=said("备注", "Notes"), required=False, widget=forms.Textarea({"rows": 2}))
        self.fields["agree"] = forms.BooleanField(label=said("通知主持人", "Tell the host"), required=False)


def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every component once."""
    rows = [dict(zip(("name", "company", "state", "seconds", "phone"), row, strict=True)) for row in PEOPLE]
    table = PeopleTable(rows, order_by="name", request=request)
    table.paginate(page=request.GET.get("page", 1), per_page=5)
    return render(request, "pages/style_guide.html", {"table": table, **figures(), **drawn(), **spoken()})


def figures() -> dict[str, Any]:
    """Give the samples that are counts."""
    counts = {"expected": 128, "attended": 86, "partly": 11, "absent": 24, "undecided": 7}
    stats = [{"status": code, "value": count, "url": "#tables"} for code, count in counts.items()]
    stats.append({"status": "walk_in", "value": 9, "url": "#tables", "note": said("名单之外", "not on the list")})
    return {
        "stats": stats,
        "parts": [(code, count) for code, count in counts.items() if code != "expected"],
        "codes": list(STATUSES),
        "job": {"state": "running", "made": 214, "wanted": 300, "refused": 3},
        "progress_title": said("正在生成专属链接", "Making exclusive links"),
        "filters": Filters({"q": "", "state": "attended"}),
        "form": Sample({"subject": "", "policy": "s", "kind": "e"}),
        "submit": said("保存", "Save"),
        "qr": mark_safe(segno.make("https://rollcall.example/i/4kq7").svg_inline(scale=4, omitsize=True)),
    }


def drawn() -> dict[str, Any]:
    """Give the samples that are drawings."""
    at = lambda minute: START + timedelta(minutes=minute)  # noqa: E731
    arrivals = [1, 2, 4, 9, 17, 26, 12, 7, 5, 3, 2, 2, 1, 1, 0, 1, 0, 1]
    return {
        "lanes": [
            {"name": said("Windows 客户端", "Windows client"), "visits": [{"start": at(-4), "end": at(41)}, {"start": at(44), "end": at(112)}]},
            {"name": said("iPhone", "iPhone"), "visits": [{"start": at(36), "end": at(58)}]},
            {"name": said("电话（附加）", "Telephone (attached)"), "visits": [{"start": at(90), "end": None, "kind": "attached"}]},
        ],
        "windows": [(at(0), at(120))],
        "counted": [(at(0), at(112))],
        "now": at(124),
        "start": START,
        "points": [(at(5 * number - 25), count) for number, count in enumerate(arrivals)],
        "steps_down": [
            {"label": said("应到", "Expected"), "count": 128, "url": "#"},
            {"label": said("打开链接", "Opened the link"), "count": 109, "url": "#"},
            {"label": said("进入会议", "Came in"), "count": 97, "url": "#"},
            {"label": said("达到标准", "Met the rule"), "count": 86, "url": "#"},
        ],
    }


def spoken() -> dict[str, Any]:
    """Give the samples that are sentences."""
    return {
        "crumbs": [(said("会议", "Meetings"), "#")],
        "meeting": {"subject": said("第三季度策略路演", "Third-quarter strategy roadshow"), "meta": said("2026-11-18 14:00–16:00 · 会议号 938 412 067", "18 Nov 2026, 14:00–16:00 · code 938 412 067")},
        "tabs": [
            {"label": said("概况", "Overview"), "url": "#", "current": True},
            {"label": said("人员", "People"), "url": "#"},
            {"label": said("链接", "Links"), "url": "#"},
            {"label": said("出席", "Attendance"), "url": "#"},
            {"label": said("待核对", "Review"), "url": "#", "count": 7, "tone": "look"},
        ],
        "needs": [
            {"status": "conflict", "title": said("2 条链接可能被转发", "Two links may have been forwarded"), "meta": said("第三季度策略路演", "Third-quarter strategy roadshow"), "url": "#", "end": 2},
            {"status": "review", "title": said("7 人待核对", "Seven people to review"), "meta": said("第三季度策略路演 · 昨天结束", "Third-quarter strategy roadshow · ended yesterday"), "url": "#", "end": 7},
            {"status": "settling", "title": said("名单还没有上传", "The list is not uploaded yet"), "meta": said("新品学术会 · 明天 09:30", "Product symposium · tomorrow 09:30"), "url": "#", "end": ""},
        ],
        "meetings": [
            {"starts_at": START, "subject": said("第三季度策略路演", "Third-quarter strategy roadshow"), "meta": said("应到 128 人", "128 expected"), "url": "#", "status": "running"},
            {"starts_at": START + timedelta(hours=20), "subject": said("新品学术会", "Product symposium"), "meta": said("还没有名单", "No list yet"), "url": "#", "status": "planned"},
        ],
        "alerts": [
            ("info", said("数据截至 12 秒前。", "Figures are 12 seconds old.")),
            ("success", said("已导入 300 人中的 300 人。", "300 of 300 people are imported.")),
            ("warning", said("未填写企业凭证，电话入会者无法核实。", "Without the enterprise credential, callers cannot be proved.")),
            ("error", said("第 17 行：手机号缺一位。没有任何改动。", "Line 17: the phone lacks a digit. Nothing was changed.")),
            ("conflict", said("同一链接有两个人使用。", "Two people used the same link.")),
        ],
        **judged(),
        **guided(),
    }


def judged() -> dict[str, Any]:
    """Give the samples of the review queue."""
    return {
        "suspect": {"name": "周晓梅", "note": said("海岳基金 · 研究部", "Haiyue Fund · research"), "seen": said("海岳-周晓梅", "Haiyue-周晓梅"), "seen_note": said("iPhone · 14:03 进入", "iPhone · came at 14:03")},
        "evidence": [
            {"verdict": "agreed", "key": said("昵称", "Displayed name"), "listed": "周晓梅", "seen": "海岳-周晓梅"},
            {"verdict": "agreed", "key": said("公司", "Company"), "listed": "海岳基金", "seen": "海岳"},
            {"verdict": "missing", "key": said("专属链接", "Exclusive link")},
            {"verdict": "disagreed", "key": said("手机尾号", "Phone ending"), "listed": "0017", "seen": "0071", "note": said("可能是数字颠倒。", "Two digits may be swapped.")},
        ],
        "bulk": [{"value": "confirm", "label": said("确认", "Confirm"), "icon": "check-lg"}, {"value": "ignore", "label": said("忽略", "Ignore"), "icon": "person-dash"}],
        "confirm": {
            "text": said("删除名单“路演嘉宾”。", "Delete the list “Roadshow guests”."),
            "goes": [said("128 位应到人员", "128 expected people"), said("他们的 128 个专属链接", "their 128 exclusive links")],
            "stays": [said("会议和参会记录", "the meeting and its visits")],
            "action": said("删除名单", "Delete the list"),
        },
    }


def guided() -> dict[str, Any]:
    """Give the samples that guide: steps, capabilities, an empty place, facts."""
    red = said("电话入会者要用企业凭证核实。", "Callers are proved with the enterprise credential.")
    return {
        "steps": [
            {"state": "done", "title": said("连接腾讯会议", "Connect Tencent Meeting"), "text": said("已由周晓梅授权。", "Granted by 周晓梅.")},
            {"state": "current", "title": said("创建会议", "Create a meeting"), "text": said("回答四个问题，其余自动设置。", "Four questions; the rest is set up."), "url": "#", "action": said("开始", "Begin")},
            {"state": "todo", "title": said("上传名单", "Upload the list"), "text": said("CSV 或 Excel 都可以。", "CSV or Excel.")},
        ],
        "scenarios": [
            {"number": 1, "title": said("本企业员工", "Own staff"), "light": "green", "why": said("按企业账号核实。", "Proved by their account.")},
            {"number": 3, "title": said("内外部混合，部分已知", "Both, partly known"), "light": "amber", "why": said("每场最多导入 1000 人。", "At most 1,000 a meeting are imported.")},
            {"number": 4, "title": said("含电话入会者", "With telephone callers"), "light": "red", "why": red, "todo": said("填写企业凭证", "Enter the enterprise credential"), "url": "#"},
        ],
        "empty": {"title": said("还没有名单", "No list yet"), "text": said("上传一份名单，会后就能看到谁到了。", "Upload one, and see afterwards who came."), "action": said("上传名单", "Upload a list")},
        "facts": [(said("主持人", "Host"), "周晓梅"), (said("会议号", "Code"), "938 412 067"), (said("时区", "Zone"), "Asia/Shanghai")],
    }
