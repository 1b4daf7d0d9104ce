"""The words of the site, in both languages."""

from typing import Final

from efficacy_analytics.documents.pages.catalogue import PICTURES
from efficacy_analytics.vocabulary import Words

KINDS: Final[dict[str, Words]] = {
    "briefing": {"zh": "简报", "en": "Briefing"},
    "department": {"zh": "部门专页", "en": "Department page"},
    "quarterly": {"zh": "季报", "en": "Quarterly report"},
    "compression": {"zh": "压缩项目表", "en": "Compression table"},
    "review": {"zh": "测评通报", "en": "Review notice"},
    "card": {"zh": "黄牌、红牌通知", "en": "Yellow or red card"},
    "letter": {"zh": "函告", "en": "Letter"},
    "bulletin": {"zh": "公报", "en": "Public bulletin"},
}
STATES: Final[dict[str, Words]] = {
    "verified": {"zh": "已核验", "en": "verified"},
    "unverified": {"zh": "未核验", "en": "not verified yet"},
    "revised": {"zh": "已被修订", "en": "revised since"},
    "withdrawn": {"zh": "已撤回", "en": "withdrawn"},
    "changed": {"zh": "文件已被改动", "en": "file was changed"},
}
SITE: Final[dict[str, Words]] = {
    "title": {"zh": "行政效能简报与图表", "en": "Briefings and maps"},
    "search": {"zh": "部门、事项或期号", "en": "Department, item or number"},
    "kind": {"zh": "种类", "en": "Kind"},
    "state": {"zh": "状态", "en": "State"},
    "year": {"zh": "期间", "en": "Period"},
    "all": {"zh": "全部", "en": "All"},
    "count": {"zh": "共 {count} 份", "en": "Documents: {count}"},
    "none": {"zh": "没有符合条件的文件。", "en": "No document fits."},
    "as_on": {"zh": "数据截至", "en": "data up to"},
    "found": {"zh": "含：", "en": "covers: "},
    "other_language": {"zh": "English", "en": "中文"},
    "definitions": {"zh": "定义", "en": "Definitions"},
    "index": {"zh": "返回目录", "en": "Back to the index"},
    "definitions_title": {"zh": "定义与术语", "en": "Definitions and terms"},
    "indicators": {"zh": "效能指标", "en": "Indicators"},
    "words_columns": {"zh": "表中各列", "en": "Columns of the tables"},
    "words_kinds": {"zh": "时限的结论", "en": "Findings on a limit"},
    "words_reasons": {"zh": "不下结论的原因", "en": "Why there is no finding"},
    "words_causes": {"zh": "等待的原因", "en": "Causes of waiting"},
    "words_units": {"zh": "时限的单位", "en": "Units of a limit"},
    "words_parts": {"zh": "时间的构成", "en": "Parts of a case's time"},
    "zh": {"zh": "中文", "en": "Chinese"},
    "en": {"zh": "英文", "en": "English"},
}


def kind_words(kind: str) -> Words:
    """What to call a kind of document, or a picture."""
    if kind in KINDS:
        return KINDS[kind]
    picture = PICTURES.get(kind)
    return (
        {"zh": picture.zh.partition("：")[0], "en": picture.en.partition(":")[0]}
        if picture
        else {"zh": kind, "en": kind}
    )
