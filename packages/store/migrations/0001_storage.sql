-- A live run's row is rewritten with every batch of its events. Room on its page keeps that inside the page (no index
-- is touched), and the state stays in the row, so that the prompt and the specification are moved out once instead of
-- the state every time.
ALTER TABLE "runs" ALTER COLUMN "state" SET STORAGE MAIN;--> statement-breakpoint
ALTER TABLE "runs" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02);--> statement-breakpoint
-- Only ever appended to and deleted from the old end: look after every so many rows, not after a share of all of them.
ALTER TABLE "run_events" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.01);
