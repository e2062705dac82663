CREATE TABLE "sandboxes" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"shape" text NOT NULL,
	"run_id" text collate "C",
	"uid" text,
	"pod_address" text,
	"wall" jsonb,
	"proven_at" timestamp (3) with time zone,
	"failure" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"taken_at" timestamp (3) with time zone,
	"claimed_at" timestamp (3) with time zone,
	"claimed_from" text,
	"dismissed_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "run_tokens" ADD COLUMN "address" text;--> statement-breakpoint
ALTER TABLE "sandboxes" ADD CONSTRAINT "sandboxes_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sandboxes" ADD CONSTRAINT "sandboxes_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "sandboxes_by_run" ON "sandboxes" USING btree ("run_id") WHERE run_id is not null;--> statement-breakpoint
CREATE INDEX "sandboxes_warm" ON "sandboxes" USING btree ("org_id","shape","proven_at") WHERE run_id is null;