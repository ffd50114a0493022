-- An ownership of all the quantities that the first release had (bits 0 to 25) is one of all quantities, those to come
-- included: all 64 bits. Who was given some by name keeps those.
UPDATE ownerships SET meters = -1 WHERE (meters & 67108863) = 67108863;
