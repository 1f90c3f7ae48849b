"""What else is told of a ledger: what was left out, what was taken in unseen, and what a row differs in."""

from __future__ import annotations

from services.ledger.advice import Advice

_PERHAPS_CORRECTED = (
    "请核实。同一人、以这一行为准:shouwang record merge --kept {elder} --merged {other} --by {by} --reason 更正 ;"
    "同一人、以原档案为准:shouwang record merge --kept {other} --merged {elder} --by {by} --reason 更正 ,再改正表;"
    "是两个人:shouwang record keep-apart --elder {elder} --other {other} --by {by} --reason 同名 (--by 换成经办人)。"
)


class Observation(Advice):
    """What stands there (中文, English) and what was done, or is to be done (中文, English)."""

    HIDDEN_SHEET = (
        "工作表是隐藏的,不像登记表(多为下拉选项)。",
        "The sheet is hidden, and is not the form.",
        "没有读;里面有人的,请取消隐藏后再导入。",
        "It was not read; where it names people, unhide it and import again.",
    )
    HIDDEN_FORM = (
        "工作表是隐藏的,里面有 {rows} 行登记。",
        "The sheet is hidden, and holds the form: {rows}.",
        "没有读:要导入的,请取消隐藏(右键工作表标签—取消隐藏)后再导入;作废的请删去。",
        "It was not read: unhide it and import again, or delete it.",
    )
    OWN_PAGE = (
        "平台导出的报表页,不是登记表。",
        "A page of one of the platform's own reports, not the form.",
        "没有读:导入只读“登记表”页。没有这一页的,请由可看身份证号码的人重新导出村台账(--reader)。",
        "Not read. Where the workbook has no sheet 登记表, export it as a role that reads citizen numbers.",
    )
    HIDDEN_ROWS = (
        "这些行是隐藏的。",
        "These rows are hidden.",
        "已照常读取;作废的行请取消隐藏后删去,已建档的请登记误登注销。",
        "They were read like any other; delete those that are void.",
    )
    HIDDEN_COLUMNS = (
        "这些列是隐藏的:{headers}。",
        "These columns are hidden: {headers}.",
        "已照常读取;请取消隐藏核对,作废的请清空后再导入。",
        "They were read like any other: unhide them and check; empty what is void and import again.",
    )
    COMMENTS = (
        "这些行有单元格批注。",
        "Cells of these rows have comments.",
        "批注没有读;该写进登记表的,请移到对应的列。",
        "They were not read; move what belongs to the form into its columns.",
    )
    FILTERED_ROWS = (
        "表正在筛选,这些行没有显示。",
        "The sheet is filtered, and does not show these rows.",
        "已照常读取,筛选不影响导入。",
        "They were read like any other.",
    )
    NOT_LOOKED_FOR = (
        "这种格式(.xls)看不出隐藏的行列、批注和公式。",
        "Hidden rows and columns, comments and formulas were not looked for in this format.",
        "所有行已按其显示的值读取;要查的,请另存为 .xlsx 再导入。",
        "Every row was read; save it as .xlsx to have them looked for.",
    )
    SECOND_HEADER = (
        "重复的表头。",
        "The header again.",
        "不是登记,已跳过,其下的行照常读取。",
        "Skipped; the rows beneath were read.",
    )
    SUBTOTAL = ("合计或小计行。", "A total.", "不是登记,已跳过。", "Skipped.")
    FOOTER = ("填表人、说明等落款行。", "A signature or a note.", "不是登记,已跳过。", "Skipped.")
    NOT_A_ROW = (
        "有文字,但没有姓名等任何登记内容。",
        "Something stands here, and nothing that the form asks for.",
        "没有读;是登记的请补齐各栏,不是的可以不管。",
        "Not read; fill in the form's columns where it is an entry.",
    )
    NAMES_NOBODY = (
        "空行:只有序号、村组,没有人。",
        "Blank rows: numbered, and naming nobody.",
        "已跳过。",
        "Skipped.",
    )
    INVISIBLE = (
        "姓名或身份证号码里有看不见的字符。",
        "A name or number holds invisible characters.",
        "已去掉后读取,不必处理。",
        "They were left out.",
    )
    UNKNOWN_COLUMNS = (
        "登记表没有这些列:{headers}。",
        "The form has not these columns: {headers}.",
        "其中的内容没有读;该写进登记表的,请移到对应的列。",
        "They were not read; move what belongs to the form into its columns.",
    )
    ANOTHER_FORMAT = (
        "文件名后缀是 {name},内容却是 {kind}。",
        "The file is named {name}, and is {kind}.",
        "已按内容读取;请把后缀改正,否则 Excel 可能打不开。",
        "It was read as what it is; correct its name.",
    )
    ANOTHER_ENTRY = (
        "档案编号 {elder} 在登记册上是另一个人。",
        "The register has somebody else under {elder}.",
        "没有录入:是同一人的,请先在登记册上更正;不是的,请清空档案编号再导入。",
        "Not taken: correct the register where it is this person, else empty the cell and import again.",
    )
    CARER_UNKNOWN = (
        "没有叫“{name}”的结对帮扶人(本村名册中查无此人;新任的人,写进乡镇文件,用 --township 再导入)。",
        "Nobody of this village's staff is called so; who is new goes into the township file first (--township).",
        "没有据此结对:请改成名册上的姓名或编号再导入,系统会补上结对。",
        "Nobody was paired: correct the name or enter the id, and import again.",
    )
    CARER_AMBIGUOUS = (
        "本村名册有 {number} 人叫“{name}”。",
        "{number} of this village's staff are called so.",
        "没有据此结对:请改填编号({ids})再导入,系统会补上结对。",
        "Nobody was paired: enter the id and import again.",
    )
    PAIRED = ("已补上结对。", "Now paired.", "不必处理。", "Nothing is to be done.")
    REMARK = (
        "备注不是登记内容,没有录入。",
        "The remark is not part of the form, and was not taken.",
        "需要保留的,请写进对应的列(健康状况、存在困难、需求等);处理后可清空备注。",
        "Enter what matters in its own column; then empty the remark.",
    )
    REMARK_GONE = (
        "备注像是说此人已不在册(去世、迁出等),没有录入。",
        "The remark seems to say that the person has died or moved; it was not taken.",
        "请核实:属实的,请登记去世、迁出,或按误登注销;不属实的请改备注。",
        "Check: where it is true, record the death or the move.",
    )
    DIFFERS = (
        "登记册上是“{ours}”,表上是“{theirs}”。",
        "The register says {ours}, the file {theirs}.",
        "登记册没有改动。请核实:情况变了的,登记变动;登记册错了的,登记更正;表错了的,改表。",
        "The register was not changed. Check: record a change or a correction, or mend the file.",
    )
    SAME_AS_ROW = (
        "与工作表“{sheet}”第 {row} 行是同一人。",
        "The same person as on sheet {sheet}, row {row}.",
        "只算一次;请核实后只保留一行。",
        "Counted once; keep one row.",
    )
    SUSPECTED = (
        "与登记册上另一人疑似重复:{other}。",
        "Perhaps the same person as another entry: {other}.",
        "两人都已建档,没有合并。请核实后决定:shouwang duplicates list。",
        "Both are enrolled; decide with: shouwang duplicates list.",
    )
    PERHAPS_CORRECTED = (
        "像是登记册上的 {place}{other}:同村同名,赡养人、电话或住址也相同;不同的列:{columns}。两份档案现在都在册。",
        "Perhaps {other}: same village and name, same supporters, phone or address. Both are enrolled now.",
        _PERHAPS_CORRECTED,
        "One person: merge, the entry that is right first; two people: keep.",
    )
    ENDED = (
        "登记册上已注销({why},{since})。",
        "The register has this person as gone ({since}).",
        "没有改动。属实的,从表上删去这一行;报错了的,由村负责人撤销注销。",
        "Nothing was changed: delete the row where it is true, else the village lead takes the end back.",
    )
    MERGED = (
        "这份档案已并入 {into}。",
        "This entry was merged into {into}.",
        "没有改动。删去这一行;并错了的:shouwang record undo-merge --merged {elder} --by 经办人编号 --reason 理由",
        "Nothing was changed: delete the row, or undo the merge where it was wrong.",
    )
    REFUSED = (
        "按规定不予建档。",
        "Refused by a rule; the refusal is recorded.",
        "{advice}",
        "",
    )
    NOT_TAKEN = ("不能受理。", "It cannot be taken.", "{advice}", "")
    AGREEMENT_NOT_TAKEN = (
        "委托照顾协议没有录入。",
        "The care agreement was not taken.",
        "此人已建档。{advice}",
        "",
    )
