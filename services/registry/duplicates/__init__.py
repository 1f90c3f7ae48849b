"""duplicates (疑似重复): two entries that may be one person."""
