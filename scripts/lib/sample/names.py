"""Syllables of which names of people, companies and products are put together: nobody's own."""

# fmt: off
ZH_FAMILY = (
    "林", "陈", "周", "吴", "徐", "孙", "胡", "朱", "高", "何", "郭", "马", "罗", "梁", "宋", "郑",
    "谢", "韩", "唐", "冯",
)
ZH_GIVEN = (
    "安", "博", "晨", "达", "恩", "芳", "光", "禾", "佳", "可", "岚", "茂", "宁", "沛", "青", "然",
    "思", "桐", "文", "曦", "雅", "远", "泽", "芷",
)
ZH_HOUSE = (
    "云杉", "青禾", "海石", "白鹭", "松涧", "星桥", "南塘", "晴川", "石榴", "远帆", "竹影", "丰川",
)
ZH_COMPANY = ("科技", "商贸", "制造", "餐饮", "物流", "建材", "文化", "电子")
ZH_INSTITUTION = ("小学", "中学", "医院", "研究所", "图书馆", "养老院")
ZH_OFFICE = ("区政务服务中心", "区教育局", "区文化馆", "街道办事处")

EN_GIVEN_HEAD = ("Bel", "Cor", "Dor", "El", "Fen", "Har", "Il", "Jor", "Kel", "Lor", "Myl", "Nor")
EN_GIVEN_TAIL = ("an", "a", "en", "ia", "is", "or", "ric", "wyn")
EN_FAMILY_HEAD = (
    "Ash", "Birch", "Clay", "Dale", "Elm", "Fern", "Glen", "Heath", "Marsh", "Oak", "Stone",
    "Thorn",
)
EN_FAMILY_TAIL = ("bury", "combe", "field", "ford", "ley", "mere", "ton", "worth")
EN_HOUSE = (
    "Northfold", "Brightmere", "Quillstone", "Harrowgate", "Larkwell", "Pinebridge", "Saltmarsh",
    "Tallowby",
)
EN_COMPANY = (
    "Trading", "Works", "Supplies", "Foods", "Systems", "Logistics", "Textiles", "Builders",
)
EN_INSTITUTION = ("School", "College", "Hospital", "Institute", "Library", "Care Home")
EN_OFFICE = ("District Office", "City Council", "County Service", "Public Works")

MAIL_SYLLABLES = (
    "an", "bo", "chen", "dan", "fei", "gao", "han", "jin", "kai", "lin", "mei", "ning", "qi", "rui",
    "song", "tao", "wen", "xin", "yu", "zhi",
)
# fmt: on
MAIL_DOMAINS = ("example.com", "example.org", "example.net")
SHARED_MAILBOX = "frontdesk@example.com"

# From the cheapest to the dearest; the last ones are premium.
BRANDS = ("Basik", "白桦", "Koru", "乐居", "Nimba", "青山", "Vento", "Aurel")
PREMIUM_BRANDS = 2
# Category and product of each band of price, from the cheapest.
PRODUCT_BANDS = (
    ("paper 纸品", "Notepad"),
    ("stationery 文具", "Pen set"),
    ("cleaning 清洁", "Cleaner"),
    ("tea & coffee 茶咖", "Tea box"),
    ("kitchen 厨房", "Kettle"),
    ("lighting 照明", "Desk lamp"),
    ("small appliances 小家电", "Air purifier"),
    ("furniture 家具", "Office chair"),
    ("electronics 电子", "Printer"),
    ("furniture 家具", "Standing desk"),
)
