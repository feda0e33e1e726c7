"""Words the rooms are made of: places, titles, what people call themselves when they say no name."""

PLACES = tuple("""北京 上海 广州 深圳 杭州 南京 苏州 成都 重庆 武汉 西安 天津 长沙 郑州 青岛 济南 合肥 福州 厦门 宁波 无锡 东莞 佛山
昆明 贵阳 南宁 南昌 石家庄 太原 沈阳 大连 长春 哈尔滨 兰州 乌鲁木齐 海口 常州 温州 绍兴 珠海 惠州 烟台 洛阳 徐州""".split())
BRANDS_FIRST = "恒天星华瑞德金盛博创智云海众信联安东方中新正宏卓远诚嘉康同启慧元九百万长久泰"
BRANDS_LAST = "远河辰信泰盛达科源润通力创联和成峰嘉康宇元禾谷石帆行为图思真宏海诚邦"
# What a company does, how its legal name ends, what people shorten it to.
TRADES = tuple(tuple(row.split(",")) for row in """科技,有限公司,科技 信息技术,有限公司,信息 网络科技,有限公司,网络 医药,股份有限公司,医药 生物科技,有限公司,生物
资产管理,有限公司,资产 投资管理,有限公司,投资 私募基金管理,有限公司,基金 证券,股份有限公司,证券 期货,有限公司,期货 贸易,有限公司,贸易
教育咨询,有限公司,教育 人力资源服务,有限公司,人力 物流,有限公司,物流 建筑工程,有限公司,建工 新能源,股份有限公司,新能源 电子,有限公司,电子
文化传媒,有限公司,传媒 房地产开发,有限公司,地产 保险经纪,有限公司,保险经纪 医疗器械,有限公司,医疗 食品,股份有限公司,食品 机械制造,有限公司,机械
半导体,有限公司,半导体""".split())  # fmt: skip
HOSPITALS = (("人民医院", "人民医院"), ("第一人民医院", "一院"), ("第二人民医院", "二院"), ("中心医院", "中心医院"),
             ("中医院", "中医院"), ("妇幼保健院", "妇幼"), ("肿瘤医院", "肿瘤医院"))  # fmt: skip
DEPARTMENTS = tuple("研究部 投资部 固收 市场部 销售部 财务部 心内科 肿瘤科 神内 呼吸科 人事 HR 法务 产品部 运营 权益部 合规".split())
# Formal titles of lists with what colleagues write beside a name.
TITLES = tuple(tuple(row.split(",")) for row in """经理,经理 总监,总监,总 研究员,研究员 基金经理,基金经理,总 主任,主任 副主任医师,主任,医生 主治医师,医生,大夫 顾问,顾问
助理,助理 董事长,董事长,总 总经理,总经理,总 副总经理,副总,总 教授,教授,老师 讲师,老师 工程师,工程师,工 高级经理,经理 分析师,分析师 律师,律师 合伙人,合伙人,总
护士长,护士长,老师 院长,院长 部门主管,主管 专员,专员 投资经理,投资经理,总 博士后,博士""".split())  # fmt: skip
POLITE = tuple("总 老师 博士 先生 女士 哥 姐 工 教授 主任 经理".split())
NICKNAMES = tuple("""阳光总在风雨后 平安是福 岁月静好 静待花开 飞翔的鱼 大海 小鱼儿 Sunny 一帘幽梦 随缘 知足常乐 海阔天空 淡泊明志 上善若水 天道酬勤 微笑 蓝天白云
向日葵 快乐每一天 雨过天晴 追梦人 夏天的风 星辰大海 半夏 听风 紫藤花开 不忘初心 大白 小太阳 豆豆妈 果果爸爸 乐乐妈妈 小七 阿明 老李 小王 阿强 大刘 胖胖 六六 CC
Lily Kevin Tony Jessica Amy Jack Cindy David Vivian Eric Grace Leo Anna Jason Tina Michael Helen Peter Ivy Sam 保险小陈 房产老张 理财师 健康顾问 奋斗 厚德载物
宁静致远 心若向阳 清风徐来 一米阳光 小确幸 咖啡不加糖 猫 云淡风轻 山高水长 无名 路人甲 . 1 嗯 。。 …… 匿名 游客 学员 听课 旁听""".split())  # fmt: skip
DEVICES = tuple("""iPhone|iPhone 15 Pro|iPhone14|iPad|iPad Pro|HUAWEI Mate 60 Pro|HUAWEI P50|华为手机|Redmi K70|MI 11|小米14|OPPO Reno11|vivo X100|HONOR Magic5|
MacBook Pro|DESKTOP-7K2J9QF|LAPTOP-3HQ8M1|Lenovo|ThinkPad|Admin|Administrator|PC|user|test|会议室301|大会议室|3楼会议室|Rooms|腾讯会议用户|手机用户|微信用户""".replace("\n", "").split("|"))  # fmt: skip
NUMBERED_DEVICES = ("用户{}", "手机用户{}", "微信用户{}", "腾讯会议用户{}", "User{}", "wx_{}", "DESKTOP-{}")
EMOJI = tuple("😊 🌹 🌸 🌞 🍀 ❤️ 🌈 ⭐ 🐱 🌻 💪 🎈 ☀️ 🌙 🦋 🐳 👑 ✨ 🐟 🌊".split())
ENGLISH = tuple("Kevin Tony Jessica Amy Jack Cindy David Vivian Eric Grace Leo Anna Jason Tina Michael Helen Peter Ivy Sam Lucy".split())
SURNAMES_ABROAD = tuple("""Smith Johnson Brown Miller Davis Wilson Anderson Taylor Thomas Moore Martin Lee Walker Hall Young King Wright Scott Green Baker
Müller Schmidt Weber Dubois Rossi García Tanaka Suzuki Sato Kim Park Nguyen Singh Kumar Ivanov""".split())
GIVEN_ABROAD = tuple("""James John Robert Michael William David Richard Thomas Mark Paul Mary Linda Susan Karen Lisa Sarah Anna Emma Julia Laura
Hans Pierre Marco José Hiroshi Yuki Min-jun Thi Arjun Priya Olga""".split())
UYGHUR = tuple("""阿依古丽 迪力木拉提 古丽娜尔 买买提 阿不都热合曼 阿依努尔 艾力 热依汗 帕提古丽 努尔麦麦提 阿迪力 麦合木提 玉素甫 凯迪丽娅 买买提明 阿不都拉 艾山
吐尔逊 卡德尔 依明 热合曼 阿布都热依木 托合提 玉山 肉孜 沙吾提 库尔班 祖丽皮亚 阿卜杜外力 艾尔肯 帕尔哈提 米热古丽 热孜万古丽 亚森 伊力亚斯 塔依尔 阿曼古丽 木塔力甫 古海尔 艾克拜尔""".split())
TIBETAN = tuple("""扎西 尼玛 卓玛 丹增 格桑 次仁 洛桑 白玛 索朗 旦增 央金 平措 多吉 旺堆 梅朵 拉姆 顿珠 旺杰 曲珍 德吉 边巴 普布 达瓦 米玛 强巴 贡嘎
罗布 益西 旺姆 加措 仁青 群培""".split())
# Hong Kong: the character and how it is written in Latin letters there.
SURNAMES_HK = dict(pair.split(":") for pair in """陈:Chan 黄:Wong 李:Lee 张:Cheung 梁:Leung 林:Lam 何:Ho 吴:Ng 刘:Lau 郑:Cheng 罗:Lo 叶:Yip 周:Chow 邓:Tang
冯:Fung 谭:Tam 曾:Tsang 许:Hui 蔡:Choi 郭:Kwok""".split())  # fmt: skip
GIVEN_HK = dict(pair.split(":") for pair in """嘉:Ka 文:Man 志:Chi 伟:Wai 明:Ming 国:Kwok 家:Ka 俊:Chun 美:Mei 玲:Ling 慧:Wai 仪:Yee 敏:Man 强:Keung 华:Wah 德:Tak
荣:Wing 永:Wing 诗:Sze 婷:Ting 欣:Yan 杰:Kit 豪:Ho 浩:Ho 健:Kin 佩:Pui 珊:Shan 雯:Man 颖:Wing 琪:Ki 怡:Yi""".split())  # fmt: skip
# Names that whole generations were given more often than their characters alone would say.
WELL_LOVED = tuple("秀英 桂英 玉兰 建华 志强 建国 玉梅 淑珍 国强 建军 秀兰 桂兰 子涵 欣怡 梓涵 晓东 文博 浩然 佳怡 志伟 海燕 晓燕 丽华 春梅 小红".split())
# Characters people read in two ways in names, with both.
TWO_READINGS = {"茜": ("xi", "qian"), "乐": ("le", "yue"), "朝": ("chao", "zhao"), "晟": ("sheng", "cheng"),
                "可": ("ke", "ke"), "行": ("xing", "hang"), "长": ("chang", "zhang"), "柏": ("bai", "bo"),
                "重": ("chong", "zhong"), "昱": ("yu", "yu"), "颉": ("jie", "xie"), "祎": ("yi", "hui")}  # fmt: skip
LOOK_ALIKE = {"晓": "骁", "佳": "住", "未": "末", "宇": "字", "洁": "浩", "淇": "琪", "晴": "睛", "昊": "吴", "杨": "扬", "彬": "杉",
              "辰": "晨", "颖": "颍", "慧": "惠", "婷": "停", "丽": "莉", "莹": "萤", "斌": "赋", "敏": "繁"}  # fmt: skip
