"""ledger: reads the township's registration ledger (农村留守老年人基本情况登记表); knows no other service."""
