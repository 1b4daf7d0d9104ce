"""How exports call the contract's columns: in English, Chinese, Dutch, German and Italian, in GB/T 39046, in XES.

Patterns of a column stand in the order of their certainty and are looked for in the name, in lower case with `_` for
everything between its words. A column of times is only taken where its values can be read as times.
"""

TRADITIONAL = str.maketrans(
    "編號環節開時間結處門單機關責審實業務辦經員達記錄動狀態變後類請報來階稱發應當預計劃諾標識導項碼決為種終級證許區據數總進過運聯協調權則領補認訂訴議點屬啟傳載擬覆",
    "编号环节开时间结处门单机关责审实业务办经员达记录动状态变后类请报来阶称发应当预计划诺标识导项码决为种终级证许区据数总进过运联协调权则领补认订诉议点属启传载拟复",
)
"""Traditional characters of headers to the simplified ones in which the patterns are written."""


def _en(words: str) -> str:
    """What English calls the date of something; often it does not say that it is one."""
    when = r"(_?(date|at|on|time|dt|datetime|timestamp))?"
    kind = r"((application|request|case|permit|ticket|complaint)_)?"
    return rf"^((date|time|datetime)_(of_)?)?{kind}({words}){when}$"


def _nl(words: str) -> str:
    return rf"^(datum|tijdstip)_?(van_)?({words})$|^({words})(s?_?(datum|tijdstip)|_op)?$"


def _de(words: str) -> str:
    return rf"^(datum|zeitpunkt)_?((der|des)_)?({words})s?$|^({words})(s?_?(datum|zeitpunkt)|_am)?$"


def _it(words: str) -> str:
    return rf"^(data|ora|data_ora)_?(di_|del_|della_)?({words})$|^({words})(_(il|data))?$"


APPLIED = (
    _en(r"submitted|submission|filed|filing|applied|application|lodged|requested|request|received|receipt|opened|open"
        r"|created|creation|intake"),
    f"{_nl(r'aanvraag|ingediend|indiening|ontvangst|ontvangen|aangemaakt|melding')}"
    f"|{_de(r'antrags?(stellung|eingang)?|eingangs?|eingegangen|eingereicht|einreichung|erstellt|angelegt')}"
    f"|{_it(r'presentazione|domanda|istanza|ricezione|richiesta|apertura|inserimento')}",
)  # fmt: skip
ACCEPTED = (
    _en(r"accepted|acceptance|validated|validation|registered|registration"),
    f"{_nl(r'registratie|ontvankelijk(heid)?|geregistreerd|in_behandeling(_genomen)?')}"
    f"|{_de(r'annahme|angenommen|registriert|registrierung|zulassung')}|{_it(r'accettazione|registrazione|protocollo')}",
)
COMPLETED = (
    _en(r"completed|completion|closed|closure|close|decided|decision|determined|determination|issued|issue|issuance"
        r"|resolved|resolution|finished|finaled"),
    f"{_nl(r'besluit|afgehandeld|afhandeling|afgerond|gereed|voltooid|sluiting|gesloten|beschikking|einde?')}"
    f"|{_de(r'ende?|beendet|beendigung|erledigt|erledigung|abgeschlossen|abschluss|entscheidungs?|bescheid(erteilung)?|genehmigung')}"
    f"|{_it(r'chiusura|conclusione|decisione|rilascio|provvedimento|evasione')}",
)  # fmt: skip
DUE = (
    r"承诺|应办|应当|法定|预计|计划|截止|到期|frist|f(ä|ae)llig|scadenza|deadline"
    r"|(^|_)(due|target|plann?ed|expected|estimated|expir|valid_|goal|sla_|uiterste|fatale|verwacht|gepland|streef"
    r"|geplant|voraussichtlich|soll|previst[ao]|(ziel)?termine?(_|$))"
)
"""What says that a time lies ahead: no step is done and no case begins then."""
HAPPENED = ("started_at", "completed_at", "applied_at", "accepted_at", "recorded_at")
DEPARTMENT = (
    r"^(department|dept)(_name)?$|^(处理|受理|承办|办理|责任|审批|主管|实施)(单位|部门|机关)(名称)?$|^org_name$|^org:group$",
    r"^(behandelende_)?(afdeling|dienst|organisatieonderdeel)$"
    r"|^(abteilung|amt|fachbereich|fachamt|sachgebiet|dienststelle|referat|(zust(ä|ae)ndige_)?beh(ö|oe)rde)$"
    r"|^(ufficio|dipartimento|settore|sportello|ente)$",
    r"^dept|^office$|^determining_body$|部门(名称)?$|(?<!时限)(?<!期限)单位(名称)?$|^agency",
)
CASE_ID = (
    r"^case_?(id|no|number|key|ref|reference)$|^case:concept:name$|^办件(编号|号|流水号|编码)$|^project_no$",
    r"^(zaak|aanvraag|melding|dossier)(s?_?(nummer|id|nr))$|^zaak$|^aktenzeichen$|^(gesch(ä|ae)fts|akten)zeichen$"
    r"|^(fall|vorgangs?|antrags?|verfahrens?)_?(nummer|nr|id)$"
    r"|^(numero_|nr_|n_|id_|codice_)?(pratica|protocollo|istanza|fascicolo)$",
    r"^case$|^案(件|卷)?(编号|号)$|^(number|no|nr)$|^(业务|受理|申请|流水)(编号|号|流水号)$|^case_.*_id$",
    r"^(permit|application|pa|request|record|planning_application|ticket|reference|service_request|sr)"
    r"_?(id|no|nr|ref|number|num|key|#)?$|^refval$|^ref$|^unique_key$",
    r"编号$|流水号$",
    r"_(id|no|nr|ref|number|num)$|^id$",
)

LENGTHS = {
    "statutory_length": (r"^statutory_length$|^法定办结时限$|^anticipate_day$",),
    "statutory_unit": (r"^statutory_unit$|^法定办结时限单位$|^anticipate_type$",),
    "promised_length": (r"^promised_length$|^承诺办结时限$|^promise_day$",),
    "promised_unit": (r"^promised_unit$|^承诺办结时限单位$|^promise_type$",),
}
"""A limit in two columns: placed together, or not at all."""
LIMITS = {
    "statutory_limit": (r"^(statutory|legal)_(time_)?limit$|^法定(办结|办理)?(时限|期限)$",),
    "promised_limit": (r"^(promised|committed)_(time_)?limit$|^承诺(办结|办理)?(时限|期限)$",),
}
"""A limit in one column, with its unit: placed where its values can be read so."""

NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "events": {
        "case_id": CASE_ID,
        "activity": (
            r"^activity(_name)?$|^concept:name$|^(办理)?环节(名称)?$|^process_name$",
            r"^(task|step|event|action|stage)(_name)?$|^(活动|步骤|节点|业务动作|事件)(名称)?$",
            r"^(new|to)_(status|state|stage)$|^(status|state)_to$|^nieuwe_status$|^neuer_status$|^nuovo_stato$"
            r"|^(变更|更新)后状态$",
            r"^(activiteit|stap|taak|handeling)$|^(aktivit(ä|ae?)t|(arbeits|verfahrens)?schritt)$|^(attivit(à|a)|fase|passo)$",
            r"(^|_)(step|task|activity|stap|processtap|taak|activiteit|handeling|(arbeits|verfahrens|prozess)?schritt"
            r"|aktivit(ä|ae?)t|t(ä|ae)tigkeit|attivit(à|a))(_(name|naam|omschrijving|bezeichnung|description|desc))?$",
        ),
        "started_at": (
            r"^started_at$|^start_?(time|date|timestamp|at)?$|^(环节)?开始(时间|日期)$|^event_start_time$",
            r"^(start|begin|anfangs?)_?(datum|tijd(stip)?|zeit(punkt)?)$|^beginn$|^(data_)?inizio$|^开始$",
            r"start|begin|began|^open(ed)?(_|$)|lodged|开始(时间|日期)|启动(时间|日期)",
        ),
        "completed_at": (
            r"^completed_at$|^(end|complete|completion)_?(time|date|timestamp|at)?$|^time:timestamp$|^event_end_time$"
            r"|^(环节)?结束(时间|日期)$|^completed$|^done(_at)?$",
            r"^(eind|einde|ende?|abschluss)_?(datum|tijd(stip)?|zeit(punkt)?)$|^(einde?|ende?)$|^(data_)?fine$|^tijdstip$|^zeitstempel$"
            r"|^data_?ora$",
            r"^timestamp$|^(办结|完成|办理|处理)(时间|日期)$|^closed?_|determined$",
            r"complet|finish|ended|reviewed|issued|determined|decided|结束|办结(时间|日期)|完成(时间|日期)",
            *COMPLETED,
            r"^(审结|结案|决定)(时间|日期)$",
            r"^(time|date|event_?time|datum|tijd|zeit|时间|日期|发生时间|结束|完成|办结)$",
            r"^(changed|transitioned|status)_(at|on|date|time)$|^change_(date|time)$|^(状态)?变更(时间|日期)$"
            r"|^gewijzigd_op$|^ge(ä|ae)ndert_am$|^modificato_il$",
        ),
        "recorded_at": (r"^recorded_at$|^cd_time$|record|entered|sync|同步时间|录入(时间|日期)|登记(时间|日期)",),
        "resource": (
            r"^resource$|^org:resource$|^handle_user_name$|^环节处理人$|^(承办|办理|经办|受理|处理|审批)(人|人员)(姓名)?$",
            r"^(mede|zaak)?_?(werker|behandelaar)$|^(sach)?bearbeiter(in)?$|^(operatore|addetto|istruttore)$",
            r"^(user|officer|staff|handler|employee|clerk|performer|inspector)(_(id|name))?$"
            r"|^inspecteur$|^pr(ü|ue)fer(in)?$",
        ),
        "department": DEPARTMENT,
        "stage": (r"^stage$|^(阶段|环节类型)$",),
        "row_key": (r"^row_guid$|^event_id$|^记录唯一标识$",),
    },
    "cases": {
        "case_id": CASE_ID,
        "department": DEPARTMENT,
        "item": (
            r"^item(_(code|id|name))?$|^(实施|事项)编码$|^task_code$",
            r"^事项(名称)?$|^(record|permit|application|request|case|licen[cs]e|service)_?type$",
            r"^(zaak|aanvraag|melding)_?type$|^soort_(zaak|aanvraag|melding|vergunning)$"
            r"|^(antrags?|vorgangs?|verfahrens?)_?(art|typ)$|^art_des_(antrags|verfahrens)$|^leistung$"
            r"|^tipo(logia)?_(di_)?(pratica|procedimento|istanza|richiesta)$|^procedimento$",
        ),
        "kind": (r"^kind$|^办件类型(代码)?$|^project_type$",),
        "channel": (
            r"^channel$|^申报来源(代码)?$|^(申请|申报|受理)(渠道|方式)$",
            r"^(aanvraag|indienings?)?kanaal$|^(eingangs?|antrags?)?kanal$|^canale$|^source$",
        ),
        "status": (
            r"^status$|^办件状态$|^result_type$|^办结结果$|^case_status$",
            r"^(current_|application_|request_|zaak)?_?status$|^(bearbeitungs?)?_?stand$|^stato(_pratica)?$"
            r"|^(办理|当前|审批|业务)?(状态|结果)$",
        ),
        "is_green_lane": (r"^is_green_lane$|^(是否)?绿色通道$",),
        "applied_at": (
            r"^applied_at$|^apply_date$|^(申请|申报|提交|收件)(时间|日期)$|^reg_date$|^application_date$",
            *APPLIED,
        ),
        "accepted_at": (
            r"^accepted_at$|^accept_date$|^(受理|立案)(时间|日期)$|^startdate$",
            *ACCEPTED,
        ),
        "completed_at": (
            r"^completed_at$|^result_date$|^(办结|审结|结案|决定)(时间|日期)$|^enddate$",
            *COMPLETED,
        ),
        "due_on": (
            r"^(date_)?due(_on|_date|_at|_by)?$|^(response|reply|decision|statutory)_due(_date|_by)?$|^deadline$"
            r"|^promise_date$|^(承诺|应)办结(时间|日期)$|^(办理)?期限$|^enddateplanned$",
            r"^(uiterste|fatale|beslis)_?(datum|termijn|beslisdatum)$|^(bearbeitungs)?frist(ende)?$"
            r"|^f(ä|ae)llig(keit)?(s_?datum|_am)?$|^(data_)?(di_)?scadenza$|^termine$",
            r"target|deadline|plann?ed|expected|verwacht|gepland|streef|geplant|previst[ao]|到期(时间|日期|日)|(截止|预计|应办)",
        ),
        **LENGTHS,
        **LIMITS,
    },
    "items": {
        "item": (r"^item(_(code|id))?$|^(实施|事项)编码$|^task_code$",),
        "department": (r"^department$|^实施主体(名称)?$|^org_name$|部门(名称)?$",),
        "name_zh": (r"^name_zh$|^事项名称$|^task_name$",),
        "name_en": (r"^name_en$|^item_name$",),
        "kind": (r"^kind$|^办件类型(代码)?$|^project_type$",),
        **LENGTHS,
        **LIMITS,
        "valid_from": (r"^valid_from$|^(生效|实施)日期$",),
        "valid_until": (r"^valid_until$|^(失效|废止)日期$",),
    },
    "clock_stops": {
        "case_id": (r"^case_?(id|no|number)$|^办件(编号|号)$|^project_no$", r"^case$|编号$"),
        "kind": (r"^kind$|^特别程序种类(名称)?$|^special_(name|type)$",),
        "stopped_from_on": (r"^stopped_from_on$|^特别程序开始(时间|日期)$|^special_time$", r"^from$|开始(时间|日期)$"),
        "stopped_until_on": (r"^stopped_until_on$|^特别程序结束(时间|日期)$|^end_time$", r"^until$|结束(时间|日期)$"),
        "extension_days": (r"^extension_days$|^延长(天数|工作日)$",),
    },
    "departments": {
        "department": (r"^department$|^(部门|单位)(编码|代码)$|^org_code$",),
        "name_zh": (r"^name_zh$|^(部门|单位)(名称)?$|^org_name$",),
        "name_en": (r"^name_en$|^name$",),
    },
    "activities": {
        "activity": (r"^activity$|^环节(编码|代码)$",),
        "stage": (r"^stage$|^(所属)?阶段$",),
        "name_zh": (r"^name_zh$|^环节名称$",),
        "name_en": (r"^name_en$|^name$",),
    },
    "complaints": {
        "complaint_id": (r"^complaint_?id$|^(咨询)?(投诉|诉求)编号$|^工单编号$",),
        "case_id": (r"^case_?id$|^办件编号$|^project_no$",),
        "department": (r"^department$|^(处理|责任|答复|承办)(单位|部门)$",),
        "kind": (r"^kind$|^(诉求|投诉|咨询投诉)类型(代码)?$",),
        "received_at": (r"^received_at$|^(咨询)?(投诉|诉求|提交|来电)时间$",),
        "answered_at": (r"^answered_at$|^(答复|回复|办结)时间$",),
        "overdue_days": (r"^overdue_days$|^超期天数$",),
        "result": (r"^result$|^(答复|处理)结果$",),
    },
    "surveys": {
        "case_id": (r"^case_?id$|^办件编号$|^project_no$",),
        "rated_at": (r"^rated_at$|^评价(时间|日期)$",),
        "satisfaction": (r"^satisfaction$|^满意度(代码)?$|^评价等级$|^rating$",),
        "channel": (r"^channel$|^评价(渠道|来源)$",),
    },
    "fees": {
        "case_id": (r"^case_?id$|^办件编号$|^project_no$",),
        "item": (r"^item$|^(实施|事项)编码$",),
        "kind": (r"^kind$|^收费(项目|类型)$",),
        "amount": (r"^amount$|^(收费)?金额$|^fee$",),
        "currency": (r"^currency$|^币种$",),
        "paid_at": (r"^paid_at$|^(缴费|收费|支付)(时间|日期)$",),
    },
    "staff": {
        "resource": (r"^resource$|^(人员|工作人员)(编号|编码|工号)$|^工号$",),
        "department": (r"^department$|^所属(部门|单位)$|部门(名称)?$",),
        "role": (r"^role$|^(岗位|职务|角色)$",),
        "valid_from": (r"^valid_from$|^(任职|入职)日期$",),
        "valid_until": (r"^valid_until$|^(离任|离职)日期$",),
    },
}
CALLED: dict[str, str] = {
    "events": r"step|event|process|环节|过程|办理|步骤|流程|stap(pen)?(?![a-z])|schritt|passi(?![a-z])",
    "cases": r"^cases?\b|accept|办件|受理|案件|^(zaken|zaak|vorg(ä|ae)nge|antr(ä|ae)ge|f(ä|ae)lle|pratiche)(?![a-z])",
    "items": r"item|catalog|事项",
    "clock_stops": r"stop|special|suspen|特别程序|暂停",
    "departments": r"^dep|部门|单位",
    "activities": r"activit|环节字典|环节代码",
    "complaints": r"complain|投诉|咨询",
    "surveys": r"survey|rating|satisf|评价|满意",
    "fees": r"^fees?\b|charge|收费|缴费",
    "staff": r"staff|personnel|人员",
}
"""How a file, sheet or database table is called that gives a table of the contract."""
