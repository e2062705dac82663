CREATE TABLE "gateways" (
	"id" text PRIMARY KEY NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "mcp_calls" ADD COLUMN "gateway" text;--> statement-breakpoint
CREATE INDEX "mcp_calls_by_use" ON "mcp_calls" USING btree ("run_id","tool_use_id") WHERE tool_use_id is not null;