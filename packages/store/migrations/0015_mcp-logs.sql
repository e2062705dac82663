ALTER TABLE "mcp_instances" ADD COLUMN "log" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "mcp_instances" ADD COLUMN "log_before" text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX "mcp_calls_by_hand" ON "mcp_calls" USING btree ("at") WHERE run_id is null;