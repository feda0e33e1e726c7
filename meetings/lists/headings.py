"""What people write over the columns of a list, and which field is meant."""

import re
import unicodedata
from collections.abc import Sequence

FIELDS = ("name", "phone", "email", "company", "title", "userid", "code", "labels", "note")
# Halves of a name, which are joined.
FAMILY, GIVEN = "family", "given"
# A column our own exports add: known as a heading, but read back into nothing.
OURS = "ours"
LOOK_AT = 30

_WORDS: dict[str, str] = {
    "name": "姓名 名字 人名 姓名全称 中文名 中文姓名 参会人 参会人姓名 参会人员 "
    "参会人员姓名 参会者 参会者姓名 与会人 人员姓名 "
    "嘉宾 嘉宾姓名 客户姓名 客户 联系人 联系人姓名 员工姓名 学员姓名 医生姓名 候选人 候选人姓名 "
    "name fullname realname attendee attendeename participant participantname person contact contactname",
    "phone": "手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 联系手机 移动电话 手机电话 手机/电话 "
    "phone phonenumber phoneno mobile mobilephone mobilenumber mobileno cellphone cell telephone tel telno",
    "email": "邮箱 电子邮箱 邮箱地址 邮件 邮件地址 电子邮件 电邮 email emailaddress mail",
    "company": "公司 公司名称 单位 单位名称 工作单位 所在单位 所属单位 机构 机构名称 "
    "所属机构 企业 企业名称 所在公司 所属公司 "
    "医院 学校 组织 company companyname organisation organization institution employer firm",
    "title": "职务 职位 职称 岗位 头衔 称谓 title jobtitle position role",
    "userid": "工号 员工号 员工编号 员工工号 员工账号 用户id 成员账号 "
    "userid staffid staffno employeeid employeeno employeenumber",
    "code": "编号 编码 代码 客户号 客户编号 客户代码 人员编号 外部编号 唯一编号 证件编号 "
    "code externalcode externalid customercode customerid clientid reference ref",
    "note": "备注 说明 备注信息 附注 note notes remark remarks comment comments",
    OURS: "序号 行号 报名id 报名码 专属链接 链接 导入状态 链接状态 来源 会议 会议主题 会议时间 时间 "
    "no row enrolmentid enrollid exclusivelink link importstate linkstate source meeting time",
}
_FIELD_OF = {word: field for field, words in _WORDS.items() for word in words.split()}
_ASIDE = re.compile(r"[(（\[【].*?[)）\]】]|[\s*＊:：_.#'\x22\-]")


def field_of(heading: str) -> str:
    """Give the field a heading means, or an empty text for one we do not know."""
    folded = unicodedata.normalize("NFKC", heading).lower()
    return _FIELD_OF.get(_ASIDE.sub("", folded), "") or _FIELD_OF.get(
        re.sub(r"[\s_.'\x22\-]", "", folded), ""
    )


def known(cells: Sequence[str]) -> int:
    """Count how many different fields the cells of a row name."""
    return len({field for cell in cells if (field := field_of(cell)) in FIELDS})


def header_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Give the index of the heading row, the first that names the most fields; None where none names any."""
    counts = [known(row) for row in rows[:LOOK_AT]]
    most = max(counts, default=0)
    return counts.index(most) if most else None
