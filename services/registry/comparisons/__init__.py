"""comparisons (数据比对) with other departments' lists."""
