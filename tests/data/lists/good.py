"""Lists as careful and as careless people save them: all of them are read."""

from tests.data.lists import packing
from tests.data.lists.kinds import HEAD, NUMBERS, PHONES, SAME, SHEET, TABLE, Kind, Read, text, written

ONE, TWO = PHONES
OLD = (("姓名", "手機號碼", "公司"), ("陳大文", ONE, "滙豐證券"), ("李小龍", TWO, "碁峰資訊"))
OLD_READ = Read(OLD[0], tuple((line, *row) for line, row in enumerate(OLD[1:], 2)))
RARE = (HEAD, ("𠮷三", ONE), ("李䶮", TWO))
RARE_READ = Read(HEAD, ((2, *RARE[1]), (3, *RARE[2])))
HEADLESS = Read(("A", "B"), ((1, "张三", ONE), (2, "李四", TWO)), 0)

ENCODINGS = {
    "UTF-8": Kind("a.csv", written, SAME),
    "UTF-8 with a mark": Kind("a.csv", lambda: written(encoding="utf-8-sig"), SAME),
    "GB18030": Kind("a.csv", lambda: written(encoding="gb18030"), SAME),
    "GB18030 with rare names": Kind("a.csv", lambda: written(encoding="gb18030", rows=RARE), RARE_READ),
    "GB18030 with characters that have moved": Kind(
        "a.csv",
        lambda: b"name,phone\n\xfe\x59\xfe\x51,%s\n" % ONE.encode(),
        Read(("name", "phone"), ((2, "龴𠂇", ONE),)),
    ),
    "Big5": Kind("a.csv", lambda: written(encoding="big5hkscs", rows=OLD), OLD_READ),
    "Big5 with Hong Kong's characters": text(
        f"姓名,電話\n張三,{ONE}\n邨嘅,{TWO}\n",
        Read(("姓名", "電話"), ((2, "張三", ONE), (3, "邨嘅", TWO))),
        "big5hkscs",
    ),
    "UTF-16, small end first": Kind("a.txt", lambda: "\ufeff".encode("utf-16-le") + written("\t", "utf-16-le"), SAME),
    "UTF-16, large end first": Kind("a.txt", lambda: "\ufeff".encode("utf-16-be") + written("\t", "utf-16-be"), SAME),
    "UTF-16 without a mark, small end first": Kind("a.txt", lambda: written("\t", "utf-16-le"), SAME),
    "UTF-16 without a mark, large end first": Kind("a.txt", lambda: written("\t", "utf-16-be"), SAME),
    "UTF-8 cut in a character": Kind(
        "a.csv",
        lambda: (written() + "王五,13800000003\n赵六".encode())[:-1],
        Read(HEAD, (*SAME.rows, (4, "王五", "13800000003"), (5, "赵\ufffd"))),
    ),
    "the end of a file of old": Kind("a.csv", lambda: written() + b"\x1a", SAME),
}

TEXTS = {
    "tabs": Kind("a.tsv", lambda: written("\t"), SAME),
    "semicolons": Kind("a.csv", lambda: written(";"), SAME),
    "bars": Kind("a.txt", lambda: written("|"), SAME),
    "commas as wide as characters": Kind("a.txt", lambda: written("，"), SAME),
    "line ends of Windows": Kind("a.csv", lambda: written(end="\r\n"), SAME),
    "line ends of old": Kind("a.csv", lambda: written(end="\r"), SAME),
    "a text under a sheet's name": Kind("a.xls", lambda: written("\t", "gb18030"), SAME),
    "quoted headings": text(f'"姓名";"手机号"\n"张三";"{ONE}"\n"李四";"{TWO}"\n', SAME),
    "a cell of two lines": text(
        f'姓名,手机号,备注\n张三,{ONE},"一，\n二"\n李四,{TWO},\n',
        Read((*HEAD, "备注"), ((2, "张三", ONE, "一，\n二"), (3, "李四", TWO, ""))),
    ),
    "two hundred empty columns": Kind(
        "a.csv", lambda: written(end="," * 200 + "\n"), Read(HEAD, tuple((*row, *[""] * 58) for row in SAME.rows))
    ),
    "blanks around cells": text(f" 姓名 , 手机号\u3000\n 张三 ,\u00a0{ONE}\n李四\t,{TWO} \n", SAME),
    "titles above, lines between": text(
        f"2026 秋季路演,\n\n姓名,手机号\n张三,{ONE}\n,\n李四,{TWO}\n",
        Read(HEAD, ((4, "张三", ONE), (6, "李四", TWO)), 3, "", ((1, "title"),)),
    ),
    "forty empty lines above": text(
        "\n" * 40 + f"姓名,手机号\n张三,{ONE}\n",
        Read(HEAD, ((42, "张三", ONE),), 41),
    ),
    "no headings": text(f"张三,{ONE}\n李四,{TWO}\n", HEADLESS),
    "headings that are not to be": text(
        f"姓名,手机号\n张三,{ONE}\n", Read(("A", "B"), ((1, *HEAD), (2, "张三", ONE)), 0), header_line=0
    ),
    "headings in the third line, by hand": text(
        f"姓名,手机号\n以下为正式名单,\n谁,怎么联系\n张三,{ONE}\n",
        Read(("谁", "怎么联系"), ((4, "张三", ONE),), 3, "", ((1, "title"), (2, "title"))),
        header_line=3,
    ),
    "headings printed on every page, and a total": text(
        f"序号,姓名,手机号\n1,张三,{ONE}\n序号,姓名,手机号\n2,李四,{TWO}\n合计,2人,\n",
        Read(("序号", *HEAD), ((2, "1", "张三", ONE), (4, "2", "李四", TWO)), 1, "", ((3, "heading"), (5, "total"))),
    ),
    "a person who brings two is no total": text(
        f"姓名,手机号,备注\n张三,{ONE},共2人\n", Read((*HEAD, "备注"), ((2, "张三", ONE, "共2人"),))
    ),
    "a total in one cell": text(
        f"姓名,手机号\n张三,{ONE}\n合计：1 人,\n", Read(HEAD, ((2, "张三", ONE),), 1, "", ((3, "total"),))
    ),
    "English headings": text(
        f'Full Name,Mobile,Company\nAmy Wong,{ONE},"Stars, Ltd"\n',
        Read(("Full Name", "Mobile", "Company"), ((2, "Amy Wong", ONE, "Stars, Ltd"),)),
    ),
    "a number that was rounded": text("姓名,手机号\n张三,1.38E+10\n", Read(HEAD, ((2, "张三", "1.38E+10"),))),
    "formulas, kept as they were typed": text(
        "姓名,备注\n=HYPERLINK(1),@SUM(1)\n", Read(("姓名", "备注"), ((2, "=HYPERLINK(1)", "@SUM(1)"),))
    ),
    "hidden signs, kept for the checker": text(
        f"姓名,手机号\n张\u200b三\u202e,{ONE}\n李\x07四,{TWO}\n",
        Read(HEAD, ((2, "张\u200b三\u202e", ONE), (3, "李\x07四", TWO))),
    ),
    "a cell of 200 KB": text(
        "姓名,备注\n张三," + "长" * 200_000 + "\n", Read(("姓名", "备注"), ((2, "张三", "长" * 200_000),))
    ),
}

CONTACT = (("姓名", "联系方式", None, "公司"), (None, "手机", "微信", None), ("张三", int(ONE), "zs", "星河"))
MOVED = SHEET._replace(rows=((4, "张三", ONE), (5, "李四", TWO)), header_line=3, skipped=((1, "title"),))

SHEETS = {
    "phones as numbers": Kind("a.xlsx", lambda: packing.xlsx(NUMBERS), SHEET),
    "phones as numbers in Excel 97": Kind("a.xls", lambda: packing.xls_of(NUMBERS), SHEET),
    "phones as numbers in OpenDocument": Kind("a.ods", lambda: packing.ods(NUMBERS), SHEET),
    "phones in scientific notation": Kind(
        "a.xlsx",
        lambda: packing.raw_xlsx(
            packing.sheet_xml(
                '<row r="1"><c r="A1" t="inlineStr"><is><t>手机</t></is></c></row>'
                '<row r="2"><c r="A2"><v>1.3800000001E10</v></c></row>'
            )
        ),
        Read(("手机",), ((2, ONE),), 1, "S1"),
    ),
    "a sheet under a text's name": Kind("a.csv", lambda: packing.xlsx(TABLE), SHEET),
    "a workbook with macros, its values": Kind("a.xlsm", lambda: packing.xlsx(TABLE), SHEET),
    "a title over all columns": Kind(
        "a.xlsx", lambda: packing.xlsx_of({"名单": (("秋季路演名单",), (), *TABLE)}, merged=("A1:B1",)), MOVED
    ),
    "a table that begins at C4": Kind(
        "a.xlsx",
        lambda: packing.xlsx(((), (), (), *((None, None, *row) for row in TABLE))),
        SHEET._replace(
            columns=("A", "B", *HEAD), rows=((5, "", "", "张三", ONE), (6, "", "", "李四", TWO)), header_line=4
        ),
    ),
    "headings of two rows": Kind(
        "a.xlsx",
        lambda: packing.xlsx_of({"名单": CONTACT}, merged=("A1:A2", "B1:C1", "D1:D2")),
        Read(("姓名", "手机", "联系方式 · 微信", "公司"), ((3, "张三", ONE, "zs", "星河"),), 1, "名单"),
    ),
    "a company over several people": Kind(
        "a.xlsx",
        lambda: packing.xlsx_of(
            {"名单": (("姓名", "公司"), ("张三", "星河"), ("李四",), ("王五", "云山"))}, merged=("B2:B3",)
        ),
        Read(("姓名", "公司"), ((2, "张三", "星河"), (3, "李四", "星河"), (4, "王五", "云山")), 1, "名单"),
    ),
    "a title between people": Kind(
        "a.xlsx",
        lambda: packing.xlsx_of(
            {"名单": ((*HEAD, "公司"), ("张三", ONE, "星河"), ("华东区",), ("李四", TWO, "云山"))}, merged=("A3:C3",)
        ),
        Read((*HEAD, "公司"), ((2, "张三", ONE, "星河"), (4, "李四", TWO, "云山")), 1, "名单", ((3, "title"),)),
    ),
    "a hidden sheet before the list": Kind(
        "a.xlsx", lambda: packing.xlsx_of({"旧": TABLE[:2], "名单": TABLE, "深藏": TABLE}, hidden=("旧", "深藏")), SHEET
    ),
    "a hidden sheet that was chosen": Kind(
        "a.xlsx",
        lambda: packing.xlsx_of({"名单": TABLE, "旧": TABLE[:2]}, hidden=("旧",)),
        Read(HEAD, ((2, "张三", ONE),), 1, "旧"),
        {"sheet": "旧"},
    ),
    "notes before the list": Kind("a.xlsx", lambda: packing.xlsx_of({"说明": (("请勿外传",),), "名单": TABLE}), SHEET),
    "a second list that was chosen": Kind(
        "a.xlsx",
        lambda: packing.xlsx_of({"名单": TABLE, "嘉宾": TABLE[:2]}),
        Read(HEAD, ((2, "张三", ONE),), 1, "嘉宾"),
        {"sheet": "嘉宾"},
    ),
    "no headings in a sheet": Kind("a.xlsx", lambda: packing.xlsx(NUMBERS[1:]), HEADLESS._replace(sheet="名单")),
    "formulas, their values": Kind(
        "a.xlsx",
        lambda: packing.raw_xlsx(
            packing.sheet_xml(
                '<row r="1"><c r="A1" t="str"><f>CONCAT(1)</f><v>姓名</v></c></row>'
                '<row r="2"><c r="A2" t="str"><f>WEBSERVICE(1)</f><v>张三</v></c><c r="B2" t="e"><v>#REF!</v></c></row>'
            )
        ),
        Read(("姓名", "B"), ((2, "张三", ""),), 1, "S1"),
    ),
    "how a name is read, over it": Kind(
        "a.xlsx",
        lambda: packing.raw_xlsx(
            packing.sheet_xml(
                '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row><row r="2"><c r="A2" t="s"><v>0</v></c></row>'
            ),
            "<sst><si><r><t>张</t></r><r><t>三</t></r><rPh sb='0' eb='1'><t>zhang</t></rPh></si></sst>".encode(),
        ),
        Read(("姓名",), ((2, "张三"),), 1, "S1"),
    ),
    "yes, no and a fraction": Kind(
        "a.xlsx",
        lambda: packing.xlsx((("姓名", "到"), ("张三", True), ("李四", 0.5))),
        Read(("姓名", "到"), ((2, "张三", "TRUE"), (3, "李四", "0.5")), 1, "名单"),
    ),
    "hidden signs in a sheet": Kind(
        "a.xlsx",
        lambda: packing.xlsx((HEAD, ("张\u200b三\u202e", ONE))),
        Read(HEAD, ((2, "张\u200b三\u202e", ONE),), 1, "名单"),
    ),
}

CHAIN = ("姓名", "手机号", "邮箱")
CHAIN_SAME = Read(CHAIN, ((1, "张三", ONE, ""), (2, "李四", TWO, "")), 0)

CHATS = {
    "a chain": text(
        "#接龙\n2026 秋季路演报名\n例 姓名 公司 手机\n\n"
        f"1. 张三 华泰证券 {ONE}\n2、李四🌸 中金 138 0000 0002 晚到\n3．王五\n4. \n\n截止周五\n",
        Read(
            (*CHAIN, "D", "E"),
            ((5, "张三", ONE, "", "华泰证券"), (6, "李四🌸", "138 0000 0002", "", "中金", "晚到"), (7, "王五", "", "")),
            0,
            "",
            ((1, "title"), (2, "title"), (3, "title")),
        ),
    ),
    "a chain with the phone first": text(f"1. {ONE} 张三\n2. {TWO} 李四\n", CHAIN_SAME),
    "a chain with the company first": text(
        f"1. 华泰证券-张三-{ONE}\n2. 云山资本-李四-{TWO}\n",
        Read((*CHAIN, "D"), ((1, "张三", ONE, "", "华泰证券"), (2, "李四", TWO, "", "云山资本")), 0),
    ),
    "a chain that says what is what": text(f"1. 姓名：张三 手机：{ONE}\n2. 姓名：李四 电话:{TWO}\n", CHAIN_SAME),
    "a chain over several lines": text(
        f"1. 张三\n电话 {ONE}\n2. 李四\n{TWO}\n", Read(CHAIN, ((1, "张三", ONE, ""), (3, "李四", TWO, "")), 0)
    ),
    "a chain numbered in circles": text(f"①张三 {ONE}\n②李四 {TWO}\n", CHAIN_SAME),
    "a chain numbered with keys": text(f"1️⃣张三{ONE}\n2️⃣李四{TWO}\n", CHAIN_SAME),
    "a chain with full-width digits": text(f"１．张三 １３８０００００００１\n２．李四 {TWO}\n", CHAIN_SAME),
    "a chain of addresses": text(
        "1. Amy Wong amy@example.cn\n2. 李四 li@example.cn\n",
        Read(CHAIN, ((1, "Amy Wong", "", "amy@example.cn"), (2, "李四", "", "li@example.cn")), 0),
    ),
    "a person a line": text(f"张三 {ONE}\n李四 {TWO}\n", CHAIN_SAME),
    "names in one line": text("张三、李四，王五\n", Read(("姓名",), ((1, "张三"), (2, "李四"), (3, "王五")), 0)),
    "names and companies are a table": text(
        "张三,星河\n李四,云山\n", Read(("A", "B"), ((1, "张三", "星河"), (2, "李四", "云山")), 0)
    ),
    "one name a line": text("张三\n李四\n", Read(("A",), ((1, "张三"), (2, "李四")), 0)),
}
GOOD = ENCODINGS | TEXTS | SHEETS | CHATS
