"""The shop's own words: every code that can stand in its raw tables, with its weight.

Two systems feed the tables, one English and one Chinese, as in many a shop that has grown. Where
the words mean something to the shop the meaning comes first: {meaning: {language: {word: weight}}}.
The words of UNKNOWN_… are mistakes on purpose: no mapping knows them.
"""

from lib.sample.chance import Chance

ENGLISH, CHINESE = "en", "zh"

Words = dict[str, dict[str, int]]
Meanings = dict[str, Words]

ORDER_STATUSES: Meanings = {
    "pending": {ENGLISH: {"pending": 2, "awaiting_payment": 1}, CHINESE: {"待付款": 1}},
    "paid": {ENGLISH: {"paid": 1}, CHINESE: {"已付款": 1}},
    "shipped": {ENGLISH: {"shipped": 1}, CHINESE: {"已发货": 1}},
    "completed": {
        ENGLISH: {"completed": 3, "delivered": 1},
        CHINESE: {"已完成": 3, "交易成功": 1},
    },
    "cancelled": {
        ENGLISH: {"cancelled": 3, "canceled": 1},
        CHINESE: {"已取消": 3, "交易关闭": 1},
    },
    "refunded": {ENGLISH: {"refunded": 1}, CHINESE: {"已退款": 1}},
}
UNKNOWN_ORDER_STATUSES = ("teleported", "状态99")

CHANNELS: Meanings = {
    "web": {ENGLISH: {"web": 1}, CHINESE: {"官网": 1}},
    "app": {ENGLISH: {"app": 1}, CHINESE: {"小程序": 1}},
    "store": {ENGLISH: {"store": 1}, CHINESE: {"门店": 1}},
    "phone": {ENGLISH: {"phone": 1}, CHINESE: {"电话": 1}},
}

CUSTOMER_TYPES: Meanings = {
    "individual": {ENGLISH: {"individual": 3, "personal": 1}, CHINESE: {"个人": 4, "个体": 1}},
    "enterprise": {ENGLISH: {"enterprise": 1, "company": 1}, CHINESE: {"企业": 3, "公司": 1}},
    "institution": {
        ENGLISH: {"institution": 2, "school": 1, "hospital": 1},
        CHINESE: {"机构": 2, "学校": 1, "医院": 1},
    },
    "government": {ENGLISH: {"government": 1}, CHINESE: {"政府": 2, "政府机关": 1}},
}
CUSTOMER_TYPE_WEIGHTS = {"individual": 82, "enterprise": 13, "institution": 3, "government": 2}

# fmt: off
INDUSTRIES: Words = {
    ENGLISH: {
        "manufacturing": 5, "retail": 5, "services": 4, "software": 2, "hospitality": 2,
        "construction": 1, "agriculture": 1,
    },
    CHINESE: {"制造业": 5, "零售": 5, "服务业": 4, "软件": 2, "餐饮": 2, "建筑": 1, "农业": 1},
}
GENDERS: Words = {
    ENGLISH: {"female": 10, "male": 9, "F": 3, "M": 3, "other": 1},
    CHINESE: {"女": 12, "男": 12, "保密": 1},
}
EDUCATIONS: Words = {
    ENGLISH: {"high school": 5, "college": 5, "bachelor": 7, "master": 3, "doctorate": 1},
    CHINESE: {"初中": 1, "高中": 5, "大专": 5, "本科": 7, "硕士": 3, "博士": 1},
}
OCCUPATIONS: Words = {
    ENGLISH: {
        "office worker": 6, "teacher": 3, "engineer": 4, "manager": 3, "self-employed": 3,
        "homemaker": 1,
    },
    CHINESE: {"职员": 6, "教师": 3, "工程师": 4, "管理人员": 3, "个体经营": 3, "家庭主妇": 1},
}
STUDENTS: Words = {ENGLISH: {"student": 1}, CHINESE: {"学生": 1}}
RETIRED: Words = {ENGLISH: {"retired": 1}, CHINESE: {"退休": 1}}
REGIONS: Words = {
    ENGLISH: {
        "Shanghai": 4, "Beijing": 3, "Guangdong": 3, "Hong Kong": 3, "Singapore": 2,
        "Germany": 2, "United States": 3,
    },
    CHINESE: {
        "上海": 6, "北京": 5, "广东": 7, "浙江": 5, "江苏": 5, "四川": 3, "湖北": 3, "山东": 3,
        "福建": 2, "陕西": 1,
    },
}

ACQUISITION_CHANNELS = {
    "search": 22, "social": 14, "marketplace": 14, "referral": 12, "organic": 12, "微信": 12,
    "抖音": 9, "地推": 5,
}
# What winning one customer costs on average, in CNY.
ACQUISITION_COSTS = {
    "search": 48, "social": 36, "marketplace": 30, "referral": 20, "organic": 0, "微信": 26,
    "抖音": 42, "地推": 75,
}
# fmt: on

CURRENCIES = {"CNY": 93, "USD": 5, "EUR": 2}
BASE_RATES = {"CNY": 1.0, "USD": 7.15, "EUR": 7.75}
CURRENCY_RATES = [BASE_RATES[code] for code, weight in CURRENCIES.items() for _ in range(weight)]
CURRENCY_WITHOUT_RATE = "JPY"

EVENTS_BEFORE_ORDERS: Words = {
    ENGLISH: {"product_view": 3, "add_to_cart": 2, "page_view": 1},
    CHINESE: {"浏览商品": 3, "加入购物车": 2, "浏览": 1},
}
EVENTS_BROWSING: Words = {
    ENGLISH: {"page_view": 4, "product_view": 4, "app_open": 2, "email_open": 2, "email_click": 1},
    CHINESE: {"浏览": 4, "浏览商品": 4, "打开小程序": 2, "打开邮件": 2, "点击邮件": 1},
}
PRODUCT_EVENTS = ("product_view", "add_to_cart", "浏览商品", "加入购物车")

FEEDBACK_TYPES = {"csat": 5, "review": 4, "nps": 3}

# The questions, and what can be meant by an answer.
SURVEY_ANSWERS: dict[str, Meanings] = {
    "need": {
        "function": {ENGLISH: {"it does the job": 1}, CHINESE: {"功能实用": 1}},
        "service": {ENGLISH: {"good service": 1}, CHINESE: {"服务好": 1}},
        "price": {ENGLISH: {"low price": 1}, CHINESE: {"价格便宜": 1}},
        "quality": {ENGLISH: {"high quality": 1}, CHINESE: {"质量好": 1}},
    },
    "lifestyle": {
        "family": {ENGLISH: {"family first": 1}, CHINESE: {"家庭为重": 1}},
        "career": {ENGLISH: {"career first": 1}, CHINESE: {"事业为重": 1}},
        "health": {ENGLISH: {"healthy living": 1}, CHINESE: {"健康生活": 1}},
        "leisure": {ENGLISH: {"leisure and travel": 1}, CHINESE: {"休闲旅行": 1}},
    },
    "motive": {
        "necessity": {ENGLISH: {"i need it": 1}, CHINESE: {"刚需": 1}},
        "convenience": {ENGLISH: {"it is convenient": 1}, CHINESE: {"图方便": 1}},
        "status": {ENGLISH: {"it shows who i am": 1}, CHINESE: {"彰显身份": 1}},
        "gift": {ENGLISH: {"it is a gift": 1}, CHINESE: {"送礼": 1}},
    },
}
UNKNOWN_SURVEY_ANSWER = "prefer not to say"

TICKET_TYPES: Meanings = {
    "question": {ENGLISH: {"question": 1}, CHINESE: {"咨询": 1}},
    "complaint": {ENGLISH: {"complaint": 1}, CHINESE: {"投诉": 1}},
    "return": {ENGLISH: {"return": 1}, CHINESE: {"退货": 1}},
}


def in_language(chance: Chance, stream: str, key: str, choices: Words, is_chinese: str) -> str:
    """SQL for one of the words of a language; `is_chinese` is a boolean SQL expression."""
    chinese, english = (chance.pick(stream, key, choices[lang]) for lang in (CHINESE, ENGLISH))
    return f"case when {is_chinese} then {chinese} else {english} end"


def translated(
    chance: Chance, stream: str, key: str, meanings: Meanings, meaning: str, is_chinese: str
) -> str:
    """SQL for the shop's word for a meaning; `meaning` is SQL that holds one of the meanings."""
    cases = " ".join(
        f"when '{name}' then {in_language(chance, stream, key, choices, is_chinese)}"
        for name, choices in meanings.items()
    )
    return f"case {meaning} {cases} end"
