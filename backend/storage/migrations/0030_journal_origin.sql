-- Whose an entry is: a collector's next transaction is under way before the one before is answered, and needs no copy of what
-- that one wrote. NULL in entries of earlier releases.
ALTER TABLE public.once_journal ADD COLUMN origin uuid;

-- Written once, read by other collectors and after a restart, and gone a day later: compressing it took a third of the time of
-- a transaction.
ALTER TABLE public.once_journal ALTER COLUMN content SET STORAGE EXTERNAL;
