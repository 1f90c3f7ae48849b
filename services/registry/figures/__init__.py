"""figures (填报数据) that people enter for the township."""
