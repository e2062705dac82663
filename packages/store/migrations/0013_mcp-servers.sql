CREATE TABLE "mcp_calls" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"run_id" text collate "C",
	"user_id" text collate "C",
	"server" text collate "C" NOT NULL,
	"tool" text NOT NULL,
	"tool_use_id" text,
	"arguments" jsonb NOT NULL,
	"verdict" text NOT NULL,
	"rule" integer,
	"result_bytes" bigint NOT NULL,
	"is_error" boolean NOT NULL,
	"ms" integer NOT NULL,
	"code" text
);
--> statement-breakpoint
CREATE TABLE "mcp_server_versions" (
	"org_id" text collate "C" NOT NULL,
	"server_id" text collate "C" NOT NULL,
	"version" integer NOT NULL,
	"spec" jsonb NOT NULL,
	"source" text,
	"created_by" text collate "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "mcp_server_versions_server_id_version_pk" PRIMARY KEY("server_id","version")
);
--> statement-breakpoint
CREATE TABLE "mcp_servers" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"version" integer NOT NULL,
	"place" bigint DEFAULT nextval('config_order') NOT NULL,
	"last_test" jsonb,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mcp_tools" (
	"org_id" text collate "C" NOT NULL,
	"server_id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"sha256" text NOT NULL,
	"body" jsonb NOT NULL,
	"flags" jsonb NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"is_gone" boolean DEFAULT false NOT NULL,
	"accepted_sha256" text,
	"accepted_body" jsonb,
	"accepted_at" timestamp (3) with time zone,
	"accepted_by" text collate "C",
	CONSTRAINT "mcp_tools_server_id_name_pk" PRIMARY KEY("server_id","name")
);
--> statement-breakpoint
ALTER TABLE "mcp_server_versions" ADD CONSTRAINT "mcp_server_versions_server_id_mcp_servers_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."mcp_servers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mcp_servers" ADD CONSTRAINT "mcp_servers_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mcp_tools" ADD CONSTRAINT "mcp_tools_server_id_mcp_servers_id_fk" FOREIGN KEY ("server_id") REFERENCES "public"."mcp_servers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mcp_calls_by_server" ON "mcp_calls" USING btree ("org_id","server","id");--> statement-breakpoint
CREATE INDEX "mcp_calls_by_run" ON "mcp_calls" USING btree ("run_id","id") WHERE run_id is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "mcp_servers_by_name" ON "mcp_servers" USING btree ("org_id","name");