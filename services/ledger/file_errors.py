"""Files that cannot be read at all: each class's docstring is the sentence that its sender reads."""

from __future__ import annotations


class LedgerError(ValueError):
    """A ledger that cannot be read at all; the message says what to do."""

    def __init__(self, told: str = "") -> None:
        super().__init__(told or " ".join((type(self).__doc__ or "").split()))


class NotAWorkbook(LedgerError):
    """这不是可读的表格文件(.xlsx、.xls、.ods、.csv):请用 Excel 或 WPS 打开,另存为 .xlsx,不加密码,再导入。

    This is no readable .xlsx, .xls, .ods or .csv: open it in Excel or WPS and save it as .xlsx without a password.
    """


class PasswordProtected(NotAWorkbook):
    """文件设了打开密码,一行也没有读:请用 Excel 或 WPS 打开,去掉密码后另存为“Excel 工作簿(*.xlsx)”,再导入。

    The file is protected by a password; nothing was read: open it, remove the password, and save it as .xlsx.
    """


class Damaged(NotAWorkbook):
    """文件不完整或已损坏(可能没有传完),一行也没有读:请重新拷贝或发送原文件;打得开的,另存为 .xlsx 再导入。

    The file is cut short or damaged; nothing was read: copy or send it again; if it opens, save it as .xlsx.
    """


class WrongName(NotAWorkbook):
    """文件名的后缀与内容不符:内容不是表格,一行也没有读。请核对是否选对了文件;不要靠改后缀转换格式,请用“另存为”。

    The content is not what the name says: nothing was read. Check the file; save it as .xlsx instead of renaming it.
    """


class HoldsMacros(NotAWorkbook):
    """文件含宏(.xlsm),为安全起见一行也没有读:请用 Excel 或 WPS 打开,另存为“Excel 工作簿(*.xlsx)”,再导入。

    The workbook holds macros (.xlsm); for safety nothing was read: save it as .xlsx.
    """


class BinaryWorkbook(NotAWorkbook):
    """这是二进制工作簿(.xlsb),一行也没有读:请用 Excel 或 WPS 打开,另存为“Excel 工作簿(*.xlsx)”,再导入。

    This is a binary workbook (.xlsb); nothing was read: save it as .xlsx.
    """


class UnknownLetters(NotAWorkbook):
    """文本的编码无法识别(不是 UTF-8,也不是 GB 18030),一行也没有读:请用 Excel 或 WPS 打开,另存为 .xlsx 再导入。

    The text is neither UTF-8 nor GB 18030; nothing was read: open it in Excel or WPS and save it as .xlsx.
    """


class TooLarge(LedgerError):
    """工作簿太大:请删去图片、空白行和无关工作表,或按村分成几份,再导入。

    The workbook is too large: delete pictures, blank rows and other sheets, or split it by village.
    """


class Unsafe(LedgerError):
    """文件的内部结构不像 Excel 或 WPS 存的,为安全起见一行也没有读:请用 Excel 或 WPS 打开,另存为 .xlsx 再导入。

    The file's inside is not as Excel or WPS write it; for safety nothing was read: open it there and save it as .xlsx.
    """
