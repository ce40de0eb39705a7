"""Tables as other people keep them, and by hand what a first mapping of each ought to say.

Each is made as such lists look when bureaus publish or collect them: titles, lines of who and when, headers over two or
three rows, merges, two blocks side by side, sums, signatures, notes. The enterprises, people and numbers are invented.
The expectations were written before any mapping was suggested; the tables of ``HELD_OUT`` served no adjustment.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from stdnum.cn.uscc import calc_check_digit

WUHAN, XUZHOU = "db4201-t665-2022", "db3203-t1023-2023"
Line = Sequence[object]


@dataclass(frozen=True)
class Expected:
    """What becomes of a sheet (of one of its blocks): the row of its lowest headers, its target, its columns by letter.

    A letter that isn't named goes nowhere.
    """

    sheet: str
    into: str
    header_row: int
    columns: Mapping[str, str]


@dataclass(frozen=True)
class ForeignTable:
    """A table, the profile it is read for, the number of its columns, and what is expected; nothing: not recognised."""

    name: str
    profile: str
    make: Callable[[Path], Path]
    columns: int
    expected: tuple[Expected, ...] = field(default=())


def make_code(number: int) -> str:
    body = f"91420100MB{number:07d}"
    return body + str(calc_check_digit(body))


def _save(path: Path, sheets: Mapping[str, tuple[Sequence[Line], Sequence[str]]], *, suffix: str = ".xlsx") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, (lines, merges) in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append([None if value == "" else value for value in line])
        for area in merges:
            sheet.merge_cells(area)
    target = path.with_suffix(".xlsx")
    book.save(target)
    return target.rename(path.with_suffix(suffix))


def _make_named(path: Path) -> Path:
    names = ("江城同辉精密铸造有限公司", "武汉楚云食品股份有限公司", "湖北远帆电气有限公司", "武汉市青山区红钢五金厂")
    trades = ("通用设备制造业", "食品制造业", "电气机械和器材制造业", "金属制品业")
    lines: list[Line] = [
        ["附件1"],
        ["2024年度拟认定专精特新中小企业名单"],
        ["（排名不分先后）"],
        ["序号", "企业名称", "所属区", "所属行业", "主导产品", "证书编号", "有效期"],
        *([at, name, "青山区", trades[at - 1], "阀体铸件", f"ZJTX2024{at:03d}", "2024-2027"]
          for at, name in enumerate(names, 1)),
        ["注：以上名单公示期为5个工作日，联系电话：027-80000000。"],
    ]  # fmt: skip
    return _save(path, {"公示名单": (lines, ["A1:B1", "A2:G2", "A3:G3", "A9:G9"])})


def _make_registered(path: Path) -> Path:
    lines: list[Line] = [
        ["武汉市某某区市场监督管理局 小微企业名录"],
        ["序号", "统一社会信用代码/注册号", "市场主体名称", "住所（经营场所）", "法定代表人（负责人）", "成立日期",
         "登记机关", "经营范围", "联系电话", "经营状态"],
        *([at, make_code(at), f"武汉某某{at}号建材有限公司", f"某某区建设路{at}号", "周一山", f"201{at}-03-0{at}",
           "某某区局", "建材销售", f"1380000000{at}", "存续"] for at in range(1, 6)),
        ["共5户"],
        ["统计人：郑小可", "", "", "复核人：钱大同"],
    ]  # fmt: skip
    return _save(path, {"Sheet1": (lines, ["A1:J1", "A8:J8"])})


def _make_needs(path: Path) -> Path:
    lines: list[Line] = [
        ["某某区中小企业质量提升需求调查汇总表"],
        ["填报单位（盖章）：某某区市场监管局", "", "", "", "", "", "", "填报日期：2024年5月20日"],
        ["序\n号", "企业基本情况", "", "", "联系人", "", "", "经营情况（2023年）", "", "", "存在的主要质量问题",
         "希望得到的服务"],
        ["", "名称", "统一社会信用代码", "规模（大/中/小/微）", "姓名", "职务", "手机", "从业人员\n（人）",
         "营业收入\n（万元）", "资产总额\n（万元）", "", ""],
        *([at, f"武汉需求{at}号机电有限公司", make_code(20 + at), "小", "孙晓", "经理", f"1390000010{at}", 30 + at,
           2300.5 + at, 1800, "合格率不稳定", "现场诊断"] for at in range(1, 7)),
        ["合计", "6家", "", "", "", "", "", 201, 13824, 10800, "", ""],
        ["填表人：冯二水", "", "", "联系电话：027-81110000", "", "", "", "审核人：", "", "", "", ""],
    ]  # fmt: skip
    merges = ["A1:L1", "A2:G2", "A3:A4", "B3:D3", "E3:G3", "H3:J3", "K3:K4", "L3:L4", "A11:A11"]
    return _save(path, {"汇总": (lines, merges)})


def _make_signed(path: Path) -> Path:
    lines: list[Line] = [
        ["质量提升专题培训签到表"],
        ["培训机构：武汉某某质量技术服务有限公司", "", "", "", "日期：2024年6月18日", "", "", ""],
        ["序号", "单位名称", "姓名", "联系电话", "序号", "单位名称", "姓名", "联系电话"],
        *([at, f"武汉签到{at}号电器有限公司", "陈三石", f"1370000000{at}", at + 4, f"武汉签到{at + 4}号电器有限公司",
           "林四木", f"1370000001{at}"] for at in range(1, 5)),
        ["讲师签字：", "", "", "", "组织人：", "", "", ""],
    ]  # fmt: skip
    return _save(path, {"签到表": (lines, ["A1:H1", "A2:D2", "E2:H2"])})


def _make_gauges(path: Path) -> Path:
    lines: list[Line] = [
        ["计量器具（检测设备）台账"],
        ["编制部门：质检部", "", "", "", "", "", "", "", "", "编号：JL-07", ""],
        ["序号", "器具名称", "型号规格", "出厂编号", "测量范围", "准确度等级", "使用部门", "检定周期（月）", "检定日期",
         "有效期至", "备注"],
        *([at, name, "0-150mm", f"C{at:04d}", "0～150mm", "0.02mm", "机加车间", 12, "2024-03-01", "2025-02-28", ""]
          for at, name in enumerate(("游标卡尺", "外径千分尺", "百分表", "压力表"), 1)),
        ["编制：吴五", "", "", "审核：", "", "", "批准：", "", "", "", ""],
    ]  # fmt: skip
    return _save(path, {"台账": (lines, ["A1:K1"])})


def _make_indicators(path: Path) -> Path:
    lines: list[Line] = [
        ["质量提升评价指标完成情况一览表"],
        ["序号", "企业名称", "评价项目", "指标名称", "计量单位", "提升前", "目标值", "提升后", "是否达成", "备注"],
        [1, "徐州指标一号食品有限公司", "产品实现与服务提供", "一次交验合格率", "%", 91.5, 95, 96, "是", ""],
        [2, "", "顾客关系及顾客满意", "顾客投诉次数", "次/月", 5, 2, 2, "是", ""],
        [3, "徐州指标二号机械有限公司", "产品实现与服务提供", "准时交付率", "%", 85, 95, 93, "否", "设备改造未完成"],
        [4, "", "改进与创新", "质量损失率", "%", 3.5, 2, 1.9, "是", ""],
    ]
    return _save(path, {"指标": (lines, ["A1:J1", "B3:B4", "B5:B6"])})


def _make_counties(path: Path) -> Path:
    sheets: dict[str, tuple[Sequence[Line], Sequence[str]]] = {
        "填报说明": ([["请各县（市、区）于6月30日前报送"], ["联系人：市局质量科"]], [])
    }
    for number, county in enumerate(("甲县", "乙县", "丙区")):
        lines: list[Line] = [
            [f"{county}质量提升重点企业名单"],
            ["序号", "企业名称（全称）", "信用代码", "详细地址", "法人代表", "企业联系人", "联系人电话", "所属行业"],
            *([at, f"徐州{county}{at}号制品有限公司", make_code(100 + 10 * number + at), f"{county}工业园{at}号",
               "何六",
               "吕七", f"1360000{number}00{at}", "家具制造业"] for at in range(1, 5)),
            ["小计", "4家", "", "", "", "", "", ""],
        ]  # fmt: skip
        sheets[county] = lines, ["A1:H1"]
    return _save(path, sheets)


def _make_headless(path: Path) -> Path:
    lines = [
        f"{at}\t武汉无表头{at}号印务有限公司\t{make_code(200 + at)}\t洪山区雄楚大道{at}号\t施八\t1350000000{at}"
        for at in range(1, 6)
    ]
    target = path.with_suffix(".xls")
    target.write_bytes("\r\n".join(lines).encode("gbk"))
    return target


def _make_directory(path: Path) -> Path:
    rows = "".join(
        f"<tr><td>{at}</td><td>武汉名录{at}号塑料制品厂</td><td>{make_code(300 + at)}</td><td>塑料制品业</td>"
        f"<td>{45 + at}</td><td>{31000000 + at * 1000}</td><td>小型</td><td>www.example.cn</td></tr>"
        for at in range(1, 6)
    )
    text = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gbk"></head><body><table border="1">'
        '<tr><td colspan="8">企业名录导出</td></tr>'
        '<tr><td colspan="8">单位：人、元&nbsp;&nbsp;导出时间：2024-07-01</td></tr>'
        "<tr><th>编号</th><th>公司全称</th><th>社会信用代码</th><th>行业类别</th><th>职工人数</th><th>年营业收入</th>"
        f"<th>企业规模</th><th>网址</th></tr>{rows}</table></body></html>"
    )
    target = path.with_suffix(".xls")
    target.write_bytes(text.encode("gbk"))
    return target


def _make_tested(path: Path) -> Path:
    lines: list[Line] = [
        ["2024年第二季度产品质量监督抽查检测结果汇总表"],
        ["序号", "受检单位", "样品名称", "规格型号", "生产日期/批号", "检验项目", "标准要求", "检测结果", "单项判定",
         "承检机构"],
        *([at, "武汉抽检一号电线有限公司" if at < 3 else "武汉抽检二号电线有限公司", "聚氯乙烯绝缘电线", "2.5mm²",
           f"2024-04-0{at}", "导体电阻", "≤7.41", 7.2, "合格", "某检测院"] for at in range(1, 5)),
        ["备注：不合格项目已送达复检告知书。"],
    ]  # fmt: skip
    return _save(path, {"抽查结果": (lines, ["A1:J1", "B3:B4", "B5:B6"])})


def _make_statistics(path: Path) -> Path:
    lines = [
        "规模以上工业企业基本情况,,,,,,,,",
        "填报单位：某某区统计局,,,,,,,,单位：万元",
        "序号,单位基本情况,,,,生产经营情况,,,",
        ",单位详细名称,统一社会信用代码,行业代码,法定代表人,从业人员平均人数,主要经济指标,,",
        ",,,,,,营业收入,资产总计,利润总额",
        "甲,乙,丙,丁,戊,1,2,3,4",
        *(
            f"{at},武汉统计{at}号纺织有限公司,{make_code(400 + at)},1711,蒋九,"
            f"{300 + at},{42000 + at},{38000 + at},{1200 + at}"
            for at in range(1, 5)
        ),
        "合计,,,,,1210,168010,152010,4810",
        "单位负责人：,,,填表人：,,,报出日期：,,",
    ]
    target = path.with_suffix(".csv")
    target.write_bytes(codecs.BOM_UTF8 + "\r\n".join(lines).encode())
    return target


def _make_enrolled(path: Path) -> Path:
    lines: list[Line] = [
        ["中小企业质量管理体系认证提升行动报名表（汇总）"],
        ["说明：带*为必填项，请勿改动表头"],
        ["序号", "*企业名称\n（必填）", "统一社会信用代码\n*必填", "企业简称（选填）", "单位地址\n（注册地）*",
         "行政区划代码\n（6位）", "联系人\n*必填", "联系人手机号码\n（必填）", "员工总数\n单位：人",
         "成立时间\n（年/月）",
         "上年度营业收入\n（万元）", "划型", "主要产品\n（不超过3种）", "已获认证", "报名时间"],
        *([at, f"徐州报名{at}号家具有限公司", make_code(500 + at), f"报名{at}号", f"铜山区某某路{at}号", "320312",
           "沈十",
           f"1590000000{at}", 20 + at, "2015年6月", 800 + at, "小型", "木质家具", "ISO 9001", f"2024.9.{at}"]
          for at in range(1, 6)),
    ]  # fmt: skip
    return _save(path, {"报名": (lines, ["A1:O1", "A2:O2"])}, suffix=".xls")


def _make_liaisons(path: Path) -> Path:
    lines: list[Line] = [
        ["“质量强企”联络员通讯录（2024版）"],
        ["编号", "单位", "分管质量领导", "", "", "联络员", "", "", "", "备 注"],
        ["", "", "姓名", "职务", "手机", "姓名", "职务", "办公电话", "手机", ""],
        *([f"{at:02d}", f"湖北联络{at}号药业股份有限公司", "卫一", "副总", f"1380013000{at}", "蒋二", "质量部长",
           f"027-5900000{at}", f"1390013000{at}", ""] for at in range(1, 6)),
    ]  # fmt: skip
    return _save(path, {"通讯录": (lines, ["A1:J1", "A2:A3", "B2:B3", "C2:E2", "F2:I2", "J2:J3"])})


def _make_answers(path: Path) -> Path:
    lines: list[Line] = [
        ["序号", "提交答卷时间", "所用时间", "来源", "来自IP", "1、贵公司名称：", "2、联系电话：",
         "3、贵公司主导产品：",
         "4、贵公司员工人数？"],
        *([at, f"2024/10/{at} 10:21:33", f"{60 + at}秒", "微信", "10.0.0.1", f"武汉问卷{at}号光电有限公司",
           f"1350013000{at}", "光模块", 30 + at] for at in range(1, 6)),
    ]  # fmt: skip
    return _save(path, {"Sheet1": (lines, [])})


def _make_exported(path: Path) -> Path:
    lines: list[Line] = [
        ["数据来自某企业信息平台，仅供参考，导出时间：2024-05-01 10:00:00"],
        ["企业名称", "登记状态", "法定代表人", "注册资本", "成立日期", "所属区县", "电话", "邮箱", "统一社会信用代码",
         "纳税人识别号", "网址", "企业地址"],
        *([f"武汉导出{at}号智能科技有限公司", "存续", "韩四", "500万人民币", f"2016-04-0{at}", "洪山区",
           f"1330013000{at}", "a@example.cn", make_code(90 + at), make_code(90 + at), "-", f"洪山区某路{at}号"]
          for at in range(1, 6)),
    ]  # fmt: skip
    return _save(path, {"导出": (lines, ["A1:L1"])})


def _make_bilingual(path: Path) -> Path:
    lines: list[Line] = [
        ["Supplier List 供应商名录"],
        ["No.\n序号", "Company Name\n企业名称", "Address\n地址", "Contact Person\n联系人", "Tel\n电话",
         "E-mail\n邮箱",
         "Main Products\n主要产品", "Employees\n员工人数"],
        *([at, f"武汉双语{at}号电子有限公司", f"光谷大道{at}号", "沈五", f"1320013000{at}", "x@example.cn", "连接器",
           88 + at]
          for at in range(1, 6)),
    ]  # fmt: skip
    return _save(path, {"名录": (lines, ["A1:H1"])})


def _make_helped(path: Path) -> Path:
    lines: list[Line] = [
        ["质量帮扶结对清单"],
        ["序号", "帮扶单位", "帮扶专家", "帮扶对象", "地址"],
        *([at, "徐州某某认证有限公司", "杨六", f"徐州对象{at}号食品有限公司", f"建设路{at}号"] for at in range(1, 6)),
    ]
    return _save(path, {"清单": (lines, ["A1:E1"])})


def _make_calibrated(path: Path) -> Path:
    lines: list[Line] = [
        ["公司测量设备周期检定计划及实施表"],
        ["部门：品管部", "", "", "", "", "", "年度：2024"],
        ["管理编号", "设备名称", "型号/规格", "量程", "精度", "使用地点", "上次检定日", "下次检定日", "状态", "保管人"],
        *([f"PG-{at:02d}", "电子天平", "BSA224S", "0-220g", "0.1mg", "实验室", "2024-02-01", "2025-01-31",
           "在用", "秦七"]
          for at in range(1, 6)),
    ]  # fmt: skip
    return _save(path, {"实施表": (lines, ["A1:J1", "A2:F2", "G2:J2"])})


ADJUSTED = (
    ForeignTable("专精特新名单", WUHAN, _make_named, 7, (
        Expected("公示名单", "企业", 4, {"A": "序号", "B": "企业名称", "D": "所属行业", "E": "主要产品"}),
    )),
    ForeignTable("小微企业名录", WUHAN, _make_registered, 10, (
        Expected("Sheet1", "企业", 2, {
            "A": "序号", "B": "统一社会信用代码", "C": "企业名称", "D": "企业地址", "E": "法定代表人", "F": "成立时间",
            "I": "联系人联系电话",
        }),
    )),
    ForeignTable("需求调查汇总", WUHAN, _make_needs, 12, (
        Expected("汇总", "企业", 4, {
            "A": "序号", "B": "企业名称", "C": "统一社会信用代码", "D": "企业规模", "E": "联系人姓名",
            "F": "联系人职务", "G": "联系人联系电话", "H": "从业人数", "I": "营业收入（万元）", "J": "资产总额（万元）",
        }),
    )),
    ForeignTable("培训签到表", WUHAN, _make_signed, 8, (
        Expected("签到表", "企业", 3, {"A": "序号", "B": "企业名称", "D": "联系人联系电话"}),
        Expected("签到表", "企业", 3, {"E": "序号", "F": "企业名称", "H": "联系人联系电话"}),
    )),
    ForeignTable("计量器具台账", WUHAN, _make_gauges, 11, (
        Expected("台账", "计量器具管理台账", 3, {
            "A": "序号", "B": "名称", "C": "规格型号", "D": "编号", "E": "测量范围", "F": "准确度等级",
            "G": "使用部门和地点", "H": "周期（月）", "I": "最近检定、校准日期", "J": "有效期至", "K": "备注",
        }),
    )),
    ForeignTable("评价指标一览", XUZHOU, _make_indicators, 10, (
        Expected("指标", "评价指标", 2, {
            "A": "序号", "B": "企业", "C": "评价项目", "D": "评价指标", "E": "单位", "F": "提升前", "G": "提升目标",
            "H": "提升后", "I": "是否达成", "J": "备注",
        }),
    )),
    ForeignTable("分县名单", XUZHOU, _make_counties, 24, tuple(
        Expected(county, "企业", 2, {
            "A": "序号", "B": "企业名称", "C": "统一社会信用代码", "D": "企业地址", "E": "法定代表人",
            "F": "联系人姓名",
            "G": "联系人联系电话", "H": "所属行业",
        }) for county in ("甲县", "乙县", "丙区")
    )),
    ForeignTable("没有表头", WUHAN, _make_headless, 6, (
        Expected("没有表头", "企业", 0, {
            "A": "序号", "B": "企业名称", "C": "统一社会信用代码", "D": "企业地址", "F": "联系人联系电话",
        }),
    )),
)  # fmt: skip
HELD_OUT = (
    ForeignTable("企业名录导出", WUHAN, _make_directory, 8, (
        Expected("企业名录导出", "企业", 3, {
            "A": "序号", "B": "企业名称", "C": "统一社会信用代码", "D": "所属行业", "E": "从业人数", "G": "企业规模",
        }),
    )),
    ForeignTable("抽查检测结果", WUHAN, _make_tested, 10),
    ForeignTable("规上工业统计", WUHAN, _make_statistics, 9, (
        Expected("规上工业统计", "企业", 6, {
            "A": "序号", "B": "企业名称", "C": "统一社会信用代码", "D": "行业代码", "E": "法定代表人", "F": "从业人数",
            "G": "营业收入（万元）", "H": "资产总额（万元）",
        }),
    )),
    ForeignTable("报名汇总", XUZHOU, _make_enrolled, 15, (
        Expected("报名", "企业", 3, {
            "A": "序号", "B": "企业名称", "C": "统一社会信用代码", "D": "企业简称", "E": "企业地址",
            "F": "行政区划代码",
            "G": "联系人姓名", "H": "联系人联系电话", "I": "从业人数", "J": "成立时间", "K": "营业收入（万元）",
            "L": "企业规模", "M": "主要产品", "N": "认证情况", "O": "报名日期",
        }),
    )),
)  # fmt: skip
# Found by others who tried: headers of surveys and of platforms, in two languages, of those who help and are helped.
FOUND_LATER = (
    ForeignTable("联络员通讯录", WUHAN, _make_liaisons, 10, (
        Expected("通讯录", "企业", 3, {
            "A": "序号", "B": "企业名称", "F": "联系人姓名", "G": "联系人职务", "I": "联系人联系电话",
        }),
    )),
    ForeignTable("问卷导出", WUHAN, _make_answers, 9, (
        Expected("Sheet1", "企业", 1, {
            "A": "序号", "F": "企业名称", "G": "联系人联系电话", "H": "主要产品", "I": "从业人数",
        }),
    )),
    ForeignTable("平台导出", WUHAN, _make_exported, 12, (
        Expected("导出", "企业", 2, {
            "A": "企业名称", "C": "法定代表人", "E": "成立时间", "G": "联系人联系电话", "I": "统一社会信用代码",
            "L": "企业地址",
        }),
    )),
    ForeignTable("双语名录", WUHAN, _make_bilingual, 8, (
        Expected("名录", "企业", 2, {
            "A": "序号", "B": "企业名称", "C": "企业地址", "D": "联系人姓名", "E": "联系人联系电话", "G": "主要产品",
            "H": "从业人数",
        }),
    )),
    ForeignTable("帮扶结对", XUZHOU, _make_helped, 5, (
        Expected("清单", "企业", 2, {"A": "序号", "D": "企业名称", "E": "企业地址"}),
    )),
    ForeignTable("检定实施表", WUHAN, _make_calibrated, 10, (
        Expected("实施表", "计量器具管理台账", 3, {
            "A": "编号", "B": "名称", "C": "规格型号", "D": "测量范围", "E": "准确度等级", "F": "使用部门和地点",
            "G": "最近检定、校准日期", "H": "有效期至", "J": "保管人",
        }),
    )),
)  # fmt: skip
