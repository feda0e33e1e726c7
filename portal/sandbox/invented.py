"""Invented people and firms: names with their pinyin, and phones from reserved-looking blocks."""

import re
from dataclasses import dataclass
from random import Random

_SURNAMES = (
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 赵zhao 黄huang 周zhou 吴wu 徐xu 孙sun 胡hu 朱zhu 高gao "
    "林lin 何he 郭guo 马ma 罗luo 梁liang 宋song 郑zheng 谢xie 韩han 唐tang 冯feng 于yu 董dong 萧xiao "
    "程cheng 曹cao 袁yuan 邓deng 许xu 傅fu 沈shen 曾zeng 彭peng 吕lv 苏su 卢lu 蒋jiang 蔡cai 贾jia "
    "丁ding 魏wei 薛xue 叶ye 阎yan 单shan 仇qiu 解xie 欧阳ouyang 司马sima"
)
_GIVEN = (
    "伟wei 芳fang 娜na 敏min 静jing 丽li 强qiang 磊lei 军jun 洋yang 勇yong 艳yan 杰jie 娟juan 涛tao "
    "明ming 超chao 秀xiu 霞xia 平ping 刚gang 桂gui 英ying 华hua 玉yu 红hong 文wen 辉hui 建jian 国guo "
    "志zhi 海hai 燕yan 晨chen 宇yu 浩hao 欣xin 怡yi 雪xue 梅mei 琳lin 佳jia 嘉jia 子zi 涵han 轩xuan "
    "博bo 思si 雨yu 婷ting 诗shi 梓zi 睿rui 颖ying 倩qian 岚lan 松song 青qing"
)
SURNAMES = dict(re.findall(r"([^a-z ]+)([a-z]+)", _SURNAMES))
GIVEN = dict(re.findall(r"([^a-z ]+)([a-z]+)", _GIVEN))
TRADITIONAL = dict(
    zip(
        "张刘陈杨赵黄吴孙马罗郑谢韩冯许吕苏卢蒋贾叶伟丽强军艳杰娟华红辉国轩诗颖岚",
        "張劉陳楊趙黃吳孫馬羅鄭謝韓馮許呂蘇盧蔣賈葉偉麗強軍艷傑娟華紅輝國軒詩穎嵐",
        strict=True,
    )
)
COMPANIES = (
    "青岚基金", "云栖资本", "海棠资管", "北辰保险", "澄江投资", "望舒证券", "白鹭医药", "松间科技",
    "临川信托", "远山私募", "鹿鸣财富", "长汀制造", "知秋咨询", "沐光健康", "南屏银行理财", "拾贝零售",
)
TITLES = ("研究员", "基金经理", "总监", "经理", "投资总监", "主任", "顾问", "助理")
PLACES = ("北京", "上海", "深圳", "杭州", "成都", "武汉", "西安", "南京")
DEVICES = ("iPhone", "HUAWEI Mate 60", "iPad", "Xiaomi 14", "LAPTOP-7Q2K", "用户{n}", "手机用户{n}")
EMOJI = ("🌻", "🐳", "✨", "🍀", "☀️", "🚀")

LISTED_BLOCK = "1380000"
OTHER_BLOCK = "1990000"


@dataclass(frozen=True, slots=True)
class Name:
    """A name in characters with its pinyin."""

    surname: str
    given: str

    @property
    def han(self) -> str:
        """Return the name as written."""
        return self.surname + self.given

    @property
    def surname_pinyin(self) -> str:
        """Return the surname's reading as a surname."""
        return SURNAMES[self.surname]

    @property
    def given_pinyin(self) -> str:
        """Return the given name's reading, syllables joined."""
        return "".join(GIVEN[character] for character in self.given)

    @property
    def traditional(self) -> str:
        """Return the name in traditional characters where the small table knows them."""
        return "".join(TRADITIONAL.get(character, character) for character in self.han)


def invent_name(rng: Random) -> Name:
    """Return some name; two of three have two given characters."""
    surname = rng.choice(list(SURNAMES))
    count = rng.choice((1, 2, 2))
    return Name(surname, "".join(rng.sample(list(GIVEN), count)))


def invent_names(rng: Random, count: int) -> list[Name]:
    """Return names without repetition, so that twins are made on purpose only."""
    found: dict[str, Name] = {}
    while len(found) < count:
        name = invent_name(rng)
        found.setdefault(name.han, name)
    return list(found.values())


def phone_of(block: str, number: int) -> str:
    """Return a phone of a block reserved for invented people; raises ValueError beyond its 10,000."""
    if not 0 <= number < 10_000:
        raise ValueError("the block of invented phones is used up")
    return f"{block}{number:04d}"


def mask(phone: str) -> str:
    """Return a phone as people may see it."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else ""
