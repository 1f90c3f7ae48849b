"""Everything that can be the matter with a ledger, each with what to do, in Chinese and English."""

from __future__ import annotations

from services.ledger.advice import Advice
from services.ledger.facts import Flaw


class Trouble(Advice):
    """What is the matter (中文, English) and what to do (中文, English)."""

    FORMULA = (
        "单元格是公式。",
        "The cell holds a formula.",
        "请复制该单元格,用“选择性粘贴—数值”贴回后再导入。",
        "Copy the cell and paste it back as values.",
    )
    ERROR_VALUE = (
        "单元格是 Excel 错误值。",
        "The cell holds an Excel error.",
        "请改填正确内容。",
        "Enter the right content.",
    )
    MISSING = ("必填项为空。", "This must be filled in.", "请补填。", "Fill it in.")
    UNREADABLE_DATE = (
        "日期无法识别。",
        "The date cannot be read.",
        "请填完整的年月日,如 1950-03-02。",
        "Enter year, month and day, such as 1950-03-02.",
    )
    NOT_YES_OR_NO = ("只能填“是”或“否”。", "Only yes or no.", "请改填“是”或“否”。", "Enter 是 or 否.")
    UNKNOWN_WORD = (
        "填写内容不在可选项内。",
        "This is not one of the choices.",
        "请从以下选填:{choices}。",
        "Choose one of: {choices}.",
    )
    ROUNDED_NUMBER = (
        "身份证号码被 Excel 存成了数字,15 位以后已失真,无法还原。",
        "Excel stored the citizen number as a number; what follows 15 digits is lost.",
        "请先把该列设为“文本”格式,再照身份证重新录入。",
        "Format the column as text, then type the number again from the card.",
    )
    NOT_18_CHARACTERS = (
        "身份证号码不是 18 位。",
        "The citizen number has not 18 characters.",
        "请照身份证改正;暂无号码的请留空,按临时登记处理。",
        "Correct it from the card; leave it empty where there is none yet (temporary entry).",
    )
    WRONG_CHECK_DIGIT = (
        "身份证号码校验码不对,至少有一位录错。",
        "The citizen number's check digit is wrong: at least one digit is mistyped.",
        "请照身份证逐位核对后改正。",
        "Check it digit by digit against the card.",
    )
    NO_SUCH_BIRTH_DATE = (
        "身份证号码中的出生日期不存在。",
        "The birth date within the citizen number does not exist.",
        "请照身份证改正。",
        "Correct it from the card.",
    )
    BORN_DISAGREES = (
        "出生日期与身份证号码不一致。",
        "The birth date disagrees with the citizen number.",
        "请照身份证核对,改正出生日期或号码。",
        "Check the card, and correct the date or the number.",
    )
    SEX_DISAGREES = (
        "性别与身份证号码不一致。",
        "The sex disagrees with the citizen number.",
        "请照身份证核对,改正性别或号码。",
        "Check the card, and correct the sex or the number.",
    )
    MISSING_VILLAGE = (
        "没有村委会:单元格为空,工作表名也不是本乡的村。",
        "No village: the cell is empty and the sheet is not named for a village.",
        "请填村委会,或把工作表改成村名。本乡的村:{choices}。",
        "Fill in the village, or name the sheet for it. The township's are {choices}.",
    )
    UNKNOWN_VILLAGE = (
        "本乡没有这个村委会。",
        "The township has no such village.",
        "请改成本乡的村委会名称:{choices}。",
        "Enter a village of the township: {choices}.",
    )
    VILLAGE_OF_ANOTHER_SHEET = (
        "村委会与工作表“{sheet}”不一致。",
        "The village is not the one that this sheet is named for.",
        "请改正村委会,或把这一行移到该村的工作表。",
        "Correct the village, or move the row to that village's sheet.",
    )
    DUPLICATE = (
        "此人重复登记,首次登记在工作表“{sheet}”第 {row} 行。",
        "This person is entered twice: first on sheet {sheet}, row {row}.",
        "只保留一行;不在同一个村的,先核实此人属于哪个村。",
        "Keep one row, of the village that the person belongs to.",
    )
    LISTED_TWICE = (
        "名单中同一人同一类别已在工作表“{sheet}”第 {row} 行。",
        "This person is listed for this category already: sheet {sheet}, row {row}.",
        "只保留一行。",
        "Keep one row.",
    )
    NO_LIST_COLUMNS = (
        "前 {rows} 行内没有同时含“身份证号”和“类别”两列的表头,整张未读。",
        "No header within the first {rows} rows has both columns, citizen number and category; none was read.",
        "请在表头填“身份证号”和“类别”(citizen number, category)再比对;不是名单的工作表请删去。",
        "Name the two columns 身份证号 and 类别; delete sheets that are no list.",
    )
    EMPTY_WORKBOOK = (
        "工作簿里没有任何内容。",
        "The workbook holds nothing.",
        "请核对是否选对了文件。",
        "Check whether this is the right file.",
    )
    NO_ROW_READ = (
        "没有一行可以比对:没有记录比对,工作未办结。",
        "No row could be read: no comparison is recorded, and the duty is not done.",
        "请在表头下逐行填身份证号和类别,有以上问题的先改正。",
        "Fill in the rows beneath the header; mend those that are named above.",
    )
    WHICH_DIABETES = (
        "没有写明糖尿病类型。",
        "The type of diabetes is not stated.",
        "请写明“2型糖尿病”或“1型糖尿病”。",
        "Write 2型糖尿病 or 1型糖尿病.",
    )
    WHICH_DISABILITY = (
        "没有写明残疾级别。",
        "The degree of the disability is not stated.",
        "请写明类别和级别,如“肢体残疾二级”;没有残疾的填“无”。",
        "Write kind and degree, such as 肢体残疾二级; 无 where there is none.",
    )
    AGREEMENT_WITHOUT_DATE = (
        "委托照顾协议没有签订日期。",
        "The care agreement has no date.",
        "请填签订日期;未签的填“否”。",
        "Enter the date on which it was signed; 否 where it was not.",
    )
    SUPPORTER_WITHOUT_NAME = (
        "赡养人没有姓名。",
        "The supporter has no name.",
        "请补填赡养人姓名;没有此人的,清空这一组各格。",
        "Enter the name, or empty this supporter's cells.",
    )
    BACK_FOR_A_WHILE = (
        "赡养人现暂时返乡,登记表不能记录返乡起止。",
        "The supporter is back for a while, which this form cannot record.",
        "请改填“未返乡”导入,再在系统中登记暂时返乡及日期。",
        "Enter 未返乡 and import, then record the temporary return with its date in the system.",
    )
    NO_HEADERS = (
        "工作表没有登记表的表头,整张未读。",
        "The sheet has not the form's headers; none of it was read.",
        "请使用统一的登记表,表头应在前 {rows} 行内;不是登记表的工作表请删去。",
        "Use the form, headers within the first {rows} rows; delete sheets that are not the form.",
    )
    MISSING_HEADERS = (
        "表头缺列:{headers}。整张未读。",
        "Columns are missing: {headers}. None of the sheet was read.",
        "请补上这些列(没有内容的可以留空)再导入。",
        "Add these columns; their cells may be empty.",
    )
    REPEATED_HEADER = (
        "表头有两列都是“{header}”({cells}),不能断定用哪一列,整张未读。",
        "Two columns are both {header} ({cells}); none of the sheet was read.",
        "请改名或删去其中一列。",
        "Rename or delete one of them.",
    )
    TOO_MANY_ROWS = (
        "工作表超过 {rows} 行,整张未读。",
        "The sheet has more than {rows} rows; none of it was read.",
        "请删去末尾的空白行,或分成几张表。",
        "Delete the blank rows at the end, or split the sheet.",
    )
    TOO_MANY_COLUMNS = (
        "第 {columns} 列以后还有内容,整张未读。",
        "Something stands beyond column {columns}; none of the sheet was read.",
        "请删去多余的列。",
        "Delete the columns that are not of the form.",
    )
    TEXT_TOO_LONG = (
        "第 {row} 行有一格超过 {letters} 字,整张未读。",
        "A cell of row {row} holds more than {letters} letters; none of the sheet was read.",
        "请删减该格内容。",
        "Shorten it.",
    )
    MERGED_TOO_FAR = (
        "合并单元格的范围过大,整张未读。",
        "Merged ranges reach too far; none of the sheet was read.",
        "请取消合并整列或整张表的单元格。",
        "Unmerge what is merged over whole columns or the whole sheet.",
    )
    LOOK_ALIKE = (
        "第 {place} 个字符是“{wrong}”({name}),应当是“{right}”。",
        "Character {place} is {wrong}; it should be {right}.",
        "请照证件核对后改正。",
        "Check it and correct it.",
    )
    WRONG_CHARACTER = (
        "第 {place} 个字符“{wrong}”不像姓名用字(可能是乱码或打不出的字)。",
        "Character {place} does not belong in a name.",
        "请照证件改正;打不出的字,可用拼音代替并请管理员补字。",
        "Correct it from the card.",
    )
    MASKED = (
        "身份证号码是脱敏的(有 * 号),不能登记。",
        "The citizen number is masked.",
        "请填完整号码;从本系统导出的,请由有权查看号码的人员导出。",
        "Enter the whole number; export it as somebody who may see numbers.",
    )
    UNKNOWN_GROUP = (
        "{village}没有这个村小组。",
        "The village has no such group.",
        "请从以下选填:{choices}。",
        "Choose one of: {choices}.",
    )


class UnreadableCell(ValueError):
    """A cell that cannot be read: `trouble` says why, `words` fill its sentences."""

    def __init__(self, trouble: Trouble, **words: object) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble
        self.words = words

    def problem(self, column: str = "", cell: str = "", value: str = "") -> Flaw:
        """It, at its place."""
        return self.trouble.problem(column, cell, value, **self.words)
