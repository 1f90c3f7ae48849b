"""agreements (委托照顾协议), absences and needs of an elder."""
