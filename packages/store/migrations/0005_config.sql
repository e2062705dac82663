CREATE TABLE "agent_drafts" (
	"org_id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"base_version" integer NOT NULL,
	"spec" jsonb NOT NULL,
	"updated_by" text collate "C" NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "agent_drafts_org_id_name_pk" PRIMARY KEY("org_id","name")
);
--> statement-breakpoint
CREATE TABLE "boundary_reports" (
	"org_id" text collate "C" PRIMARY KEY NOT NULL,
	"report" jsonb NOT NULL,
	"tested_at" timestamp (3) with time zone NOT NULL,
	"ms" integer NOT NULL,
	"held_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "spend_hours" (
	"org_id" text collate "C" NOT NULL,
	"hour" timestamp (3) with time zone NOT NULL,
	"shard" smallint NOT NULL,
	"calls" integer NOT NULL,
	"unpriced_calls" integer NOT NULL,
	"cost_usd" double precision NOT NULL,
	"tokens" bigint NOT NULL,
	CONSTRAINT "spend_hours_org_id_hour_shard_pk" PRIMARY KEY("org_id","hour","shard")
);
--> statement-breakpoint
ALTER TABLE "agent_versions" ADD COLUMN "note" text;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "disabled_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "last_test" jsonb;