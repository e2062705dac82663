CREATE TABLE "registry_entries" (
	"org_id" text collate "C" NOT NULL,
	"registry" text NOT NULL,
	"name" text collate "C" NOT NULL,
	"body" jsonb NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "registry_entries_org_id_registry_name_pk" PRIMARY KEY("org_id","registry","name")
);
--> statement-breakpoint
ALTER TABLE "registry_entries" ADD CONSTRAINT "registry_entries_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;