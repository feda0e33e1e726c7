"""Invented people and firms: names with their pinyin, and phones from reserved-looking blocks."""

from dataclasses import dataclass
from random import Random

SURNAMES = dict(
    pair.split(":")
    for pair in (
        "王:wang 李:li 张:zhang 刘:liu 陈:chen 杨:yang 赵:zhao 黄:huang 周:zhou 吴:wu 徐:xu 孙:sun 胡:hu 朱:zhu "
        "高:gao 林:lin 何:he 郭:guo 马:ma 罗:luo 梁:liang 宋:song 郑:zheng 谢:xie 韩:han 唐:tang 冯:feng 于:yu "
        "董:dong 萧:xiao 程:cheng 曹:cao 袁:yuan 邓:deng 许:xu 傅:fu 沈:shen 曾:zeng 彭:peng 吕:lv 苏:su 卢:lu "
        "蒋:jiang 蔡:cai 贾:jia 丁:ding 魏:wei 薛:xue 叶:ye 阎:yan 单:shan 仇:qiu 解:xie 欧阳:ouyang 司马:sima"
    ).split()
)
GIVEN = dict(
    pair.split(":")
    for pair in (
        "伟:wei 芳:fang 娜:na 敏:min 静:jing 丽:li 强:qiang 磊:lei 军:jun 洋:yang 勇:yong 艳:yan 杰:jie 娟:juan "
        "涛:tao 明:ming 超:chao 秀:xiu 霞:xia 平:ping 刚:gang 桂:gui 英:ying 华:hua 玉:yu 红:hong 文:wen 辉:hui "
        "建:jian 国:guo 志:zhi 海:hai 燕:yan 晨:chen 宇:yu 浩:hao 欣:xin 怡:yi 雪:xue 梅:mei 琳:lin 佳:jia 嘉:jia "
        "子:zi 涵:han 轩:xuan 博:bo 思:si 雨:yu 婷:ting 诗:shi 梓:zi 睿:rui 颖:ying 倩:qian 岚:lan 松:song 青:qing"
    ).split()
)
TRADITIONAL = dict(zip("张刘陈杨赵黄吴孙马罗郑谢韩冯许吕苏卢蒋贾叶伟丽强军艳杰娟华红辉国轩诗颖岚",
                       "張劉陳楊趙黃吳孫馬羅鄭謝韓馮許呂蘇盧蔣賈葉偉麗強軍艷傑娟華紅輝國軒詩穎嵐", strict=True))
COMPANIES = (
    "青岚基金", "云栖资本", "海棠资管", "北辰保险", "澄江投资", "望舒证券", "白鹭医药", "松间科技",
    "临川信托", "远山私募", "鹿鸣财富", "长汀制造", "知秋咨询", "沐光健康", "南屏银行理财", "拾贝零售",
)
TITLES = ("研究员", "基金经理", "总监", "经理", "投资总监", "主任", "顾问", "助理")
PLACES = ("北京", "上海", "深圳", "杭州", "成都", "武汉", "西安", "南京")
DEVICES = ("iPhone", "HUAWEI Mate 60", "iPad", "Xiaomi 14", "LAPTOP-7Q2K", "MacBook Pro", "用户{n}", "手机用户{n}")
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
