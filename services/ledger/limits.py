"""How large a file may be: checked before it is unpacked, and while it is read. Technical bounds, no rules."""

MEGABYTE = 1024 * 1024
MAX_PACKED = 20 * MEGABYTE
MAX_UNPACKED = 64 * MEGABYTE
MAX_RATIO = 200
"""Of a part that unpacks to more than a megabyte; deflate at its utmost reaches 1,000."""
MAX_PARTS = 2_000
MAX_SHEETS = 100
MAX_ROWS = 5_000
"""Of a sheet of the form that hold something."""
HEADROOM = 100
"""Rows more, for title, header and what stands beneath."""
MAX_LISTED = 100_000
"""Of a department's list."""
MAX_COLUMNS = 200
MAX_CELLS = 300_000
"""Of a workbook, that hold something."""
MAX_TEXT = 32_767
"""Letters of a cell, as in Excel."""
MAX_MERGED = 1_000_000
"""Cells of a sheet within merged ranges."""
MAX_DEPTH = 64
"""Of XML within XML; Excel needs about a dozen."""
MAX_NODES = 4_000_000
"""Elements of one part."""
