CREATE TABLE "mcp_grants" (
	"credential_id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"version" integer NOT NULL,
	"state" jsonb NOT NULL,
	"discovery" jsonb,
	"client" text,
	"tokens" text,
	"pending" jsonb,
	"state_hash" text collate "C",
	"refresh_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "mcp_grants_state_hash_unique" UNIQUE("state_hash")
);
--> statement-breakpoint
ALTER TABLE "mcp_grants" ADD CONSTRAINT "mcp_grants_credential_id_credentials_id_fk" FOREIGN KEY ("credential_id") REFERENCES "public"."credentials"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mcp_grants" ADD CONSTRAINT "mcp_grants_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mcp_grants_to_refresh" ON "mcp_grants" USING btree ("refresh_at") WHERE refresh_at is not null;