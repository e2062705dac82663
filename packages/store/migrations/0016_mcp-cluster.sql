CREATE TABLE "mcp_bundles" (
	"org_id" text collate "C" NOT NULL,
	"package" text collate "C" NOT NULL,
	"sha256" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"note" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "mcp_bundles_org_id_package_pk" PRIMARY KEY("org_id","package")
);
--> statement-breakpoint
DROP INDEX "sandboxes_warm";--> statement-breakpoint
ALTER TABLE "mcp_instances" ADD COLUMN "held_by" text;--> statement-breakpoint
ALTER TABLE "mcp_instances" ADD COLUMN "held_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "sandboxes" ADD COLUMN "instance_id" text collate "C";--> statement-breakpoint
ALTER TABLE "sandboxes" ADD COLUMN "program" jsonb;--> statement-breakpoint
ALTER TABLE "mcp_bundles" ADD CONSTRAINT "mcp_bundles_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sandboxes" ADD CONSTRAINT "sandboxes_instance_id_mcp_instances_id_fk" FOREIGN KEY ("instance_id") REFERENCES "public"."mcp_instances"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "sandboxes_by_instance" ON "sandboxes" USING btree ("instance_id") WHERE instance_id is not null;--> statement-breakpoint
CREATE INDEX "sandboxes_warm" ON "sandboxes" USING btree ("org_id","shape","proven_at") WHERE run_id is null and instance_id is null;