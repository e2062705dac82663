CREATE TABLE "agent_versions" (
	"org_id" text collate "C" NOT NULL,
	"agent_id" text collate "C" NOT NULL,
	"version" integer NOT NULL,
	"spec" jsonb NOT NULL,
	"source" text,
	"is_builtin" boolean DEFAULT false NOT NULL,
	"created_by" text collate "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "agent_versions_agent_id_version_pk" PRIMARY KEY("agent_id","version")
);
--> statement-breakpoint
CREATE TABLE "agents" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text collate "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "api_tokens_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "artifacts" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"run_id" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"media_type" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"sha256" text collate "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"retain_until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "batches" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"created_by" text collate "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"name" text collate "C" NOT NULL,
	"spec" jsonb NOT NULL,
	"source" text,
	"sealed" text,
	"key_id" text,
	"version" integer NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gateway_requests" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"body" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"taken_at" timestamp (3) with time zone,
	"answer" jsonb,
	"answered_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "inputs" (
	"org_id" text collate "C" NOT NULL,
	"sha256" text collate "C" NOT NULL,
	"size_bytes" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"retain_until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "inputs_org_id_sha256_pk" PRIMARY KEY("org_id","sha256")
);
--> statement-breakpoint
CREATE TABLE "orgs" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "orgs_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "repositories" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"ref" text collate "C" NOT NULL,
	"is_local" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "run_events" (
	"org_id" text collate "C" NOT NULL,
	"run_id" text collate "C" NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"type" text NOT NULL,
	"body" jsonb NOT NULL,
	CONSTRAINT "run_events_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "run_tokens" (
	"run_id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"hash" text collate "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "run_tokens_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"created_by" text collate "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"prompt" text NOT NULL,
	"title" text NOT NULL,
	"agent_id" text collate "C" NOT NULL,
	"agent_version" integer NOT NULL,
	"spec" jsonb NOT NULL,
	"parent_run_id" text collate "C",
	"root_run_id" text collate "C" NOT NULL,
	"retry_of" text collate "C",
	"batch_id" text collate "C",
	"trigger" text NOT NULL,
	"idempotency_key" text,
	"request_hash" text,
	"desired" text NOT NULL,
	"deadline_at" timestamp (3) with time zone NOT NULL,
	"events_until" timestamp (3) with time zone,
	"state" jsonb NOT NULL,
	"status" text GENERATED ALWAYS AS ((state ->> 'status')) STORED,
	"seq" integer GENERATED ALWAYS AS (((state ->> 'seq')::integer)) STORED,
	"is_gone" boolean GENERATED ALWAYS AS (((state ->> 'goneAt') is not null)) STORED,
	"cost_usd" double precision GENERATED ALWAYS AS (((state -> 'usage' ->> 'costUsd')::double precision)) STORED,
	"runner_seq" integer DEFAULT 0 NOT NULL,
	"place_at" timestamp (3) with time zone,
	"lease_owner" text,
	"lease_token" uuid,
	"lease_until" timestamp with time zone,
	"wake_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"org_id" text collate "C" PRIMARY KEY NOT NULL,
	"body" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "agent_versions" ADD CONSTRAINT "agent_versions_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agents" ADD CONSTRAINT "agents_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "batches" ADD CONSTRAINT "batches_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "gateway_requests" ADD CONSTRAINT "gateway_requests_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inputs" ADD CONSTRAINT "inputs_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "repositories" ADD CONSTRAINT "repositories_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_tokens" ADD CONSTRAINT "run_tokens_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_batch_id_batches_id_fk" FOREIGN KEY ("batch_id") REFERENCES "public"."batches"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "settings" ADD CONSTRAINT "settings_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "users" ADD CONSTRAINT "users_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "agents_by_name" ON "agents" USING btree ("org_id","name");--> statement-breakpoint
CREATE INDEX "api_tokens_by_org" ON "api_tokens" USING btree ("org_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "artifacts_once" ON "artifacts" USING btree ("run_id","name","sha256");--> statement-breakpoint
CREATE INDEX "artifacts_by_run" ON "artifacts" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "artifacts_by_sha256" ON "artifacts" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "artifacts_to_forget" ON "artifacts" USING btree ("retain_until");--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_by_name" ON "credentials" USING btree ("org_id","name");--> statement-breakpoint
CREATE INDEX "credentials_by_host" ON "credentials" USING btree ("org_id",(spec ->> 'host'));--> statement-breakpoint
CREATE INDEX "gateway_requests_open" ON "gateway_requests" USING btree ("id") WHERE taken_at is null;--> statement-breakpoint
CREATE INDEX "gateway_requests_to_forget" ON "gateway_requests" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "inputs_by_sha256" ON "inputs" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "inputs_to_forget" ON "inputs" USING btree ("retain_until");--> statement-breakpoint
CREATE UNIQUE INDEX "repositories_by_ref" ON "repositories" USING btree ("org_id","ref");--> statement-breakpoint
CREATE INDEX "runs_by_org" ON "runs" USING btree ("org_id","id");--> statement-breakpoint
CREATE INDEX "runs_by_status" ON "runs" USING btree ("org_id","status","id");--> statement-breakpoint
CREATE INDEX "runs_due" ON "runs" USING btree ("wake_at") WHERE wake_at is not null;--> statement-breakpoint
CREATE INDEX "runs_waiting" ON "runs" USING btree ("org_id","created_by","id") WHERE status = 'queued' and place_at is null and desired = 'done';--> statement-breakpoint
CREATE INDEX "runs_placed" ON "runs" USING btree ("org_id","created_by") WHERE place_at is not null and not is_gone;--> statement-breakpoint
CREATE INDEX "runs_to_forget" ON "runs" USING btree ("events_until") WHERE events_until is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_by_idempotency_key" ON "runs" USING btree ("org_id","idempotency_key") WHERE idempotency_key is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "users_by_name" ON "users" USING btree ("org_id","name");