CREATE TABLE "mcp_instances" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"server" text NOT NULL,
	"version" integer NOT NULL,
	"recipe" jsonb NOT NULL,
	"wanted_at" timestamp (3) with time zone NOT NULL,
	"stop_at" timestamp (3) with time zone,
	"state" text NOT NULL,
	"token_hash" text,
	"address" text,
	"bundle" text,
	"started_at" timestamp (3) with time zone,
	"starts" integer NOT NULL,
	"crashes" integer NOT NULL,
	"memory_mib" integer NOT NULL,
	"sessions" integer NOT NULL,
	"failures" integer NOT NULL,
	"next_at" timestamp (3) with time zone,
	"failure" jsonb,
	"changed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "mcp_instances_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
ALTER TABLE "mcp_instances" ADD CONSTRAINT "mcp_instances_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "mcp_instances_by_server" ON "mcp_instances" USING btree ("org_id","server","version");