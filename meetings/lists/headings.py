"""What people write over the columns of a list, and which field is meant."""

import re
import unicodedata
from collections.abc import Sequence

from meetings.lists.values import NOTHING, UNKNOWN
from portal.names import surnames

FIELDS = ("name", "phone", "email", "company", "title", "userid", "code", "labels", "note")
# Halves of a name, which are joined.
FAMILY, GIVEN = "family", "given"
READ = (*FIELDS, FAMILY, GIVEN)
# A column our own exports add: known as a heading, but read back into nothing.
OURS = "ours"
LOOK_AT = 30
# A longer cell is no heading; patterns would take minutes to say so of a megabyte.
LONGEST = 100
# Headings of words nobody knows are only told apart from so many rows.
LEAST, LONGEST_NAME = 2, 4

_WORDS: dict[str, str] = {
    "name": "姓名 名字 人名 姓名全称 全名 中文名 中文姓名 参会人 参会人姓名 参会人员 参会人员姓名 参会者 参会者姓名 参会嘉宾 "
    "与会人 与会人员 与会者 人员 人员姓名 来宾 来宾姓名 嘉宾 嘉宾姓名 客户姓名 客户 联系人 联系人姓名 员工 员工姓名 学员 "
    "学员姓名 医生姓名 候选人 候选人姓名 报名人 报名人姓名 申请人 昵称 參會人 參會人姓名 參加者 出席者 出席人 與會者 與會人員 "
    "來賓姓名 嘉賓 嘉賓姓名 客戶 客戶姓名 聯絡人 聯絡人姓名 聯繫人 員工姓名 學員姓名 "
    "name fullname realname chinesename attendee attendeename participant participantname person contact contactname "
    "guest guestname invitee displayname",
    FAMILY: "姓 姓氏 surname familyname lastname",
    GIVEN: "名 givenname firstname forename",
    "phone": "手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 联系手机 移动电话 手机电话 手机/电话 联系号码 本人手机 "
    "手機 手機號 手機號碼 電話 電話號碼 聯絡電話 聯繫電話 聯絡方式 聯繫方式 行動電話 流動電話 移動電話 "
    "phone phonenumber phoneno phones mobile mobilephone mobilenumber mobileno cellphone cell cellnumber telephone tel "
    "telno telephonenumber contactnumber contactno contactphone",
    "email": "邮箱 电子邮箱 邮箱地址 邮件 邮件地址 电子邮件 电子邮件地址 电邮 公司邮箱 工作邮箱 "
    "郵箱 電子郵箱 郵件 電子郵件 電子郵件地址 電郵 電郵地址 email emailaddress mail workemail",
    "company": "公司 公司名称 公司全称 单位 单位名称 工作单位 所在单位 所属单位 机构 机构名称 机构全称 所属机构 企业 企业名称 "
    "所在公司 所属公司 医院 学校 组织 供职机构 任职机构 任职单位 公司名稱 單位 單位名稱 工作單位 所屬單位 服務單位 機構 機構名稱 "
    "所屬機構 企業 企業名稱 所屬公司 醫院 學校 組織 "
    "company companyname organisation organization organisationname organizationname institution employer firm affiliation",
    "title": "职务 职位 职称 岗位 头衔 称谓 职衔 職務 職位 職稱 崗位 頭銜 稱謂 職銜 "
    "title jobtitle position role designation jobposition",
    "userid": "工号 员工号 员工编号 员工工号 员工账号 员工id 用户id 成员账号 账号 "
    "工號 員工號 員工編號 員工工號 員工帳號 用戶id 帳號 userid staffid staffno staffnumber employeeid employeeno employeenumber",
    "code": "会员号 会员编号 會員號 會員編號 "
    "编号 编码 代码 客户号 客户编号 客户代码 人员编号 外部编号 唯一编号 证件编号 参会编号 嘉宾编号 "
    "編號 編碼 代碼 客戶號 客戶編號 客戶代碼 人員編號 "
    "code externalcode externalid customercode customerid clientid clientcode reference ref id",
    "labels": "标签 分组 组别 分类 类别 标记 標籤 分組 組別 分類 類別 tag tags label labels group groups category",
    "note": "备注 说明 备注信息 附注 备考 備註 備注 說明 附註 note notes remark remarks comment comments memo",
    OURS: "序号 序 行号 报名id 报名码 专属链接 链接 导入状态 链接状态 来源 会议 会议主题 会议时间 时间 序號 項次 "
    "no sn serial serialnumber index row line enrolmentid enrollid exclusivelink link importstate linkstate source meeting "
    "time",
}
_FIELD_OF = {word: field for field, words in _WORDS.items() for word in words.split()}
_ASIDE = re.compile(r"[(（\[【].*?[)）\]】]|[\s*＊:：_.#'\x22\-]")
_SIGNS = re.compile(r"[\s*_:.'\x22\-]")
# No heading has an address or a number in it, but "customer" or "group" may be said of a person.
_DATA = re.compile(r"\d[\d -]{5,}|@\w")
_TWO = re.compile(r"[/\n|（(]")


def folded(heading: str) -> str:
    """Give a heading in one width and lower case, without what is only said aside."""
    plain = unicodedata.normalize("NFKC", heading).lower()
    return _ASIDE.sub("", plain) or _SIGNS.sub("", plain)


def field_of(heading: str) -> str:
    """Give the field a heading means, or an empty text for one we do not know.

    One in two languages (姓名 Name, Phone/手机) means what both parts mean, or the one that means anything.
    """
    if len(heading) > LONGEST:
        return ""
    plain = unicodedata.normalize("NFKC", heading).lower()
    if found := _FIELD_OF.get(folded(heading)) or _FIELD_OF.get(_SIGNS.sub("", plain)):
        return found
    parts = _TWO.split(plain) if _TWO.search(plain) else _by_script(plain)
    meant = {field for part in parts if (field := _FIELD_OF.get(_ASIDE.sub("", part.strip(" )）"))))}
    return meant.pop() if len(meant) == 1 else ""


def _by_script(plain: str) -> list[str]:
    return [part for part in re.split(r"(?<=[\u3400-\u9fff])\s*(?=[a-z])|(?<=[a-z])\s*(?=[\u3400-\u9fff])", plain) if part]


def known(cells: Sequence[str]) -> int:
    """Count how many different fields the cells of a row name."""
    return len({field for cell in cells if (field := field_of(cell)) in READ})


def is_data(cells: Sequence[str]) -> bool:
    """Say whether a row has an address or a number in it, as no heading has."""
    return any(map(_DATA.search, cells))


def header_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Give the index of the heading row: the first that names the most fields, else the first row if it differs from all.

    None where none does.
    """
    counts = [0 if is_data(row) else known(row) for row in rows[:LOOK_AT]]
    most = max(counts, default=0)
    return counts.index(most) if most else 0 if _differs(rows[:LOOK_AT]) else None


def _differs(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row has words, none of them a name, where all others have an address or a number."""
    filled = [row for row in rows if any(row)]
    if len(filled) <= LEAST or filled[0] is not rows[0] or is_data(rows[0]) or any(map(_may_be_person, rows[0])):
        return False
    words = (at for at, cell in enumerate(rows[0]) if cell)
    return any(all(_DATA.search("".join(row[at : at + 1])) for row in filled[1:]) for at in words)


def _may_be_person(cell: str) -> bool:
    """Say whether a cell may be a name, or what stands for a number that is not known."""
    plain = cell.replace(" ", "")
    named = plain[:2] in surnames() or plain[:1] in surnames()
    return (named and 2 <= len(plain) <= LONGEST_NAME) or plain.lower() in NOTHING | UNKNOWN
