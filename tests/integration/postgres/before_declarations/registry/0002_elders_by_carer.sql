CREATE INDEX elders_by_carer ON elders (carer);
