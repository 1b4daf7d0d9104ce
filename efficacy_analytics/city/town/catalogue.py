"""Who answers in the demonstration city, for what, and in which steps: departments, items, activities.

Everything here is invented in the manner of a Chinese prefecture; officers and applicants have no names.
"""

from dataclasses import dataclass
from functools import cache
from itertools import groupby, islice
from operator import attrgetter

DEPARTMENTS = """
D01 | 9.5 | 12 10 | 住房和城乡建设局     | Housing and Urban-Rural Development Bureau
D02 | 7.6 | 10 20 | 自然资源和规划局     | Natural Resources and Planning Bureau
D03 | 8.5 | 40 10 | 市场监督管理局       | Market Regulation Administration
D04 | 5.4 | 14  6 | 卫生健康委员会       | Health Commission
D05 | 5.3 | 12 14 | 生态环境局           | Ecology and Environment Bureau
D06 | 4.8 | 15  8 | 交通运输局           | Transport Bureau
D07 | 7.5 | 10 12 | 投资促进局           | Investment Promotion Bureau
D08 | 4.5 | 12  8 | 应急管理局           | Emergency Management Bureau
D09 | 4.4 | 14 10 | 水务局               | Water Affairs Bureau
D10 | 3.0 | 14  6 | 文化广电和旅游局     | Culture, Radio, Television and Tourism Bureau
D11 | 2.5 | 14  6 | 林业局               | Forestry Bureau
D12 | 5.5 | 35  8 | 公安局               | Public Security Bureau
D13 | 5.0 | 30 10 | 人力资源和社会保障局 | Human Resources and Social Security Bureau
D14 | 3.0 | 30 10 | 民政局               | Civil Affairs Bureau
D15 | 3.0 | 25 12 | 教育局               | Education Bureau
D16 | 3.0 | 25 15 | 农业农村局           | Agriculture and Rural Affairs Bureau
D17 | 4.0 | 30 15 | 城市管理局           | Urban Management Bureau
D18 | 2.2 | 30 10 | 商务局               | Commerce Bureau
D19 | 1.5 | 20 20 | 科学技术局           | Science and Technology Bureau
D20 | 2.8 | 15 35 | 发展和改革委员会     | Development and Reform Commission
D21 | 1.6 | 20 25 | 工业和信息化局       | Industry and Information Technology Bureau
D22 | 2.0 | 25 10 | 司法局               | Justice Bureau
D23 | 3.2 | 20 20 | 消防救援支队         | Fire and Rescue Brigade
D24 | 1.2 | 20 20 | 气象局               | Meteorological Bureau
"""

ACTIVITIES = """
application        | application       | 申请     | Application
supplement_notice  | supplement        | 补正通知 | Supplement notice
resubmission       | supplement        | 补正提交 | Resubmission
not_accepted       | acceptance        | 不予受理 | Not accepted
acceptance         | acceptance        | 受理     | Acceptance
assignment         | acceptance        | 分办     | Assignment
preliminary_review | review            | 初审     | Preliminary review
site_inspection    | special_procedure | 现场踏勘 | Site inspection
expert_review      | special_procedure | 专家评审 | Expert review
hearing            | special_procedure | 听证     | Hearing
joint_review       | review            | 联审会办 | Joint review
review             | review            | 审核     | Review
extension          | decision          | 延期审批 | Extension
legal_check        | review            | 法制审核 | Legal check
public_notice      | special_procedure | 公示     | Public notice
decision           | decision          | 审批决定 | Decision
certificate        | delivery          | 制证     | Certificate
delivery           | delivery          | 送达     | Delivery
archiving          | delivery          | 归档     | Archiving
withdrawal         | application       | 撤回申请 | Withdrawal
"""

FORMS = """
n | promised    | 10 | 新办     | new
c | promised    | 6  | 变更     | change
r | promised    | 5  | 延续     | renewal
j | joint       | 8  | 联合办理 | joint handling
x | on_the_spot | 3  | 注销     | cancellation
d | on_the_spot | 4  | 补发     | replacement
f | on_the_spot | 6  | 备案     | filing
"""

SUBJECTS = """
D01 ncj | 建筑工程施工许可             | Construction permit for building works
D01 ncx | 商品房预售许可               | Presale permit for commercial housing
D01 ncr | 建筑业企业资质               | Qualification of construction enterprises
D01 nrj | 城镇排水接入许可             | Permit to connect to public drainage
D01 dcf | 房屋建筑竣工验收             | Completion acceptance of buildings
D02 ncj | 建设用地规划许可             | Planning permit for construction land
D02 ncj | 建设工程规划许可             | Planning permit for construction works
D02 ncr | 临时用地审批                 | Temporary land use approval
D02 ndx | 不动产首次登记               | First registration of real estate
D02 nrf | 采矿权登记                   | Registration of mining rights
D03 ncx | 企业设立登记                 | Registration of enterprises
D03 ncr | 食品经营许可                 | Food business licence
D03 nrd | 食品生产许可                 | Food production licence
D03 ncf | 特种设备使用登记             | Registration of special equipment
D03 njx | 药品零售许可                 | Retail licence for medicines
D03 ncr | 计量标准器具核准             | Approval of measurement standards
D04 ncr | 医疗机构执业许可             | Practice licence for medical institutions
D04 nrx | 公共场所卫生许可             | Hygiene permit for public places
D04 ncd | 放射诊疗许可                 | Permit for radiological diagnosis and treatment
D04 njf | 饮用水供水单位卫生许可       | Hygiene permit for drinking water suppliers
D05 ncj | 建设项目环境影响评价审批     | Approval of environmental impact assessments
D05 ncr | 排污许可                     | Pollutant discharge permit
D05 nrx | 危险废物经营许可             | Hazardous waste business licence
D05 ndf | 辐射安全许可                 | Radiation safety permit
D06 ncr | 道路货物运输经营许可         | Road freight transport licence
D06 nrd | 道路旅客运输经营许可         | Road passenger transport licence
D06 ncx | 港口经营许可                 | Port operation licence
D06 njf | 涉路施工许可                 | Permit for works affecting highways
D07 ncj | 外商投资项目核准             | Approval of foreign investment projects
D07 ncr | 重点产业项目准入             | Admission of key industrial projects
D07 nrx | 企业技术改造项目核准         | Approval of technical renovation projects
D07 ncf | 境外投资项目审核             | Examination of outbound investment projects
D08 ncr | 危险化学品经营许可           | Hazardous chemicals business licence
D08 nrx | 烟花爆竹经营许可             | Fireworks business licence
D08 ncd | 非煤矿山安全生产许可         | Work safety licence for non-coal mines
D08 njf | 建设项目安全设施设计审查     | Safety design review of construction projects
D09 ncr | 取水许可                     | Water abstraction permit
D09 ncx | 生产建设项目水土保持方案审批 | Approval of soil and water conservation plans
D09 nrd | 河道管理范围内工程许可       | Permit for works within river management areas
D09 njf | 洪水影响评价审批             | Approval of flood impact assessments
D10 ncr | 营业性演出许可               | Permit for commercial performances
D10 nrx | 互联网上网服务经营许可       | Licence for internet access premises
D10 ncd | 旅行社业务经营许可           | Travel agency licence
D10 njf | 娱乐场所经营许可             | Licence for entertainment venues
D11 ncr | 林木采伐许可                 | Timber felling permit
D11 ncx | 使用林地审核                 | Examination of forest land use
D11 nrd | 林草种子生产经营许可         | Forest and grass seed licence
D11 njf | 野生动物人工繁育许可         | Permit for captive breeding of wild animals
D12 ndx | 民用爆炸物品购买许可         | Purchase permit for civil explosives
D12 ncd | 特种行业许可                 | Licence for special trades
D12 nrf | 保安服务许可                 | Security service licence
D12 njf | 大型群众性活动安全许可       | Safety permit for large public events
D13 ncd | 人力资源服务许可             | Human resources service licence
D13 nrx | 劳务派遣经营许可             | Labour dispatch licence
D13 ncf | 民办职业培训学校设立审批     | Approval of private vocational schools
D13 njf | 特殊工时制度审批             | Approval of special working hours
D14 ncx | 社会团体登记                 | Registration of social organisations
D14 ncd | 民办非企业单位登记           | Registration of private non-enterprise units
D14 nrf | 殡葬设施建设审批             | Approval of funeral facilities
D14 njf | 养老机构登记                 | Registration of elderly care institutions
D15 ncx | 民办学校设立审批             | Approval of private schools
D15 ncd | 教师资格认定                 | Certification of teachers
D15 nrf | 校外培训机构许可             | Licence for out-of-school training
D15 njf | 校车使用许可                 | School bus permit
D16 ncr | 兽药经营许可                 | Veterinary medicines licence
D16 ncd | 动物诊疗许可                 | Animal clinic licence
D16 nrx | 农作物种子生产经营许可       | Crop seed licence
D16 njf | 农药经营许可                 | Pesticide business licence
D17 ncd | 户外广告设置许可             | Permit for outdoor advertising
D17 nrx | 城市道路挖掘许可             | Permit for excavation of city roads
D17 ncf | 建筑垃圾处置核准             | Approval of construction waste disposal
D17 njf | 临时占用绿地审批             | Approval of temporary use of green space
D18 ncx | 成品油零售经营资格           | Qualification for retail of refined oil
D18 nrd | 对外劳务合作经营资格         | Qualification for foreign labour cooperation
D18 ncf | 拍卖企业经营许可             | Auction business licence
D18 nj  | 直销企业服务网点审核         | Examination of direct selling outlets
D18 ncr | 二手车交易市场经营许可       | Licence for second-hand car markets
D19 ncx | 高新技术企业认定             | Certification of high-tech enterprises
D19 nrd | 实验动物使用许可             | Laboratory animal permit
D19 njf | 科技计划项目立项             | Approval of science and technology projects
D19 ncr | 科技企业孵化器认定           | Certification of technology incubators
D20 ncj | 政府投资项目审批             | Approval of government investment projects
D20 ncj | 企业投资项目核准             | Approval of enterprise investment projects
D20 nrf | 固定资产投资项目节能审查     | Energy review of fixed asset investment
D20 nxd | 粮食收购资格                 | Grain purchase qualification
D21 ncx | 民用爆炸物品销售许可         | Sales licence for civil explosives
D21 nrd | 无线电频率使用许可           | Radio frequency permit
D21 njf | 工业固定资产投资项目核准     | Approval of industrial investment projects
D21 ncr | 食盐批发经营许可             | Salt wholesale licence
D22 ncx | 律师事务所设立许可           | Licence for law firms
D22 ncd | 公证机构执业审批             | Approval of notary offices
D22 njf | 司法鉴定机构登记             | Registration of forensic institutions
D22 nrx | 基层法律服务所设立许可       | Licence for grass-roots legal services
D23 ncd | 公众聚集场所消防安全检查     | Fire safety inspection of public venues
D23 ncj | 建设工程消防设计审查         | Fire design review of construction works
D23 nxf | 消防技术服务机构登记         | Registration of fire technical services
D23 ncr | 消防设施维护保养资质         | Qualification for fire equipment maintenance
D24 ncd | 雷电防护装置设计审核         | Design review of lightning protection
D24 nxf | 升放无人驾驶自由气球审批     | Approval of unmanned free balloons
D24 njr | 雷电防护装置竣工验收         | Acceptance of lightning protection
D24 nrx | 气象信息服务许可             | Licence for weather information services
"""


@dataclass(frozen=True)
class Department:
    department: str
    weight: float
    on_the_spot_share: float
    joint_share: float
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Activity:
    activity: str
    stage: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Item:
    """An item of a department; `weight` is its share of all applications of the city."""

    item: str
    department: str
    name_zh: str
    name_en: str
    kind: str
    weight: float


@cache
def departments() -> tuple[Department, ...]:
    """All departments, in order of their codes."""
    rows = drawn(DEPARTMENTS)
    whole = sum(float(row[1]) for row in rows)
    return tuple(
        Department(code, float(weight) / whole, *_shares(shares), name_zh=zh, name_en=en)
        for code, weight, shares, zh, en in rows
    )


@cache
def activities() -> tuple[Activity, ...]:
    """All activities, in the usual order of a case."""
    return tuple(Activity(*row) for row in drawn(ACTIVITIES))


@cache
def items() -> tuple[Item, ...]:
    """All items, in order of their codes; their weights add up to 1."""
    return tuple(item for department in departments() for item in _items_of(department))


@cache
def items_in_demand(per_department: int) -> tuple[Item, ...]:
    """The items of each department that are applied for most, in order of their codes."""
    ordered = sorted(items(), key=lambda item: (item.department, -item.weight, item.item))
    groups = groupby(ordered, key=lambda item: item.department)
    return tuple(
        sorted((item for _, group in groups for item in islice(group, per_department)), key=attrgetter("item"))
    )


def drawn(table: str) -> list[list[str]]:
    """The cells of a table drawn as text, one list a row."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def _shares(percents: str) -> tuple[float, float]:
    on_the_spot, joint = percents.split()
    return int(on_the_spot) / 100, int(joint) / 100


def _items_of(department: Department) -> list[Item]:
    forms = {row[0]: row[1:] for row in drawn(FORMS)}
    rows = [(head.split(), zh, en) for head, zh, en in drawn(SUBJECTS)]
    found = [
        (f"{zh}（{forms[letter][2]}）", f"{en} ({forms[letter][3]})", forms[letter][0], float(forms[letter][1]), place)
        for place, ((code, letters), zh, en) in enumerate(rows)
        if code == department.department
        for letter in letters
    ]
    first = min(row[4] for row in found)
    shares = _kind_shares(department)
    popularity = [row[3] / (1 + row[4] - first) for row in found]
    of_kind = {kind: sum(p for p, row in zip(popularity, found, strict=True) if row[2] == kind) for kind in shares}
    return [
        Item(
            f"{department.department}{number:03d}",
            department.department,
            zh,
            en,
            kind,
            department.weight * shares[kind] * popular / of_kind[kind],
        )
        for number, ((zh, en, kind, _, _), popular) in enumerate(zip(found, popularity, strict=True), start=1)
    ]


def _kind_shares(department: Department) -> dict[str, float]:
    spot, joint = department.on_the_spot_share, department.joint_share
    return {"on_the_spot": spot, "promised": 1 - spot - joint, "joint": joint}
