CREATE TABLE "drafts" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"is_current" boolean NOT NULL,
	"body" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_marks" (
	"org_id" text collate "C" NOT NULL,
	"user_id" text collate "C" NOT NULL,
	"run_id" text collate "C" NOT NULL,
	"seen_at" timestamp (3) with time zone,
	"archived_at" timestamp (3) with time zone,
	CONSTRAINT "run_marks_org_id_user_id_run_id_pk" PRIMARY KEY("org_id","user_id","run_id")
);
--> statement-breakpoint
CREATE TABLE "run_repositories" (
	"org_id" text collate "C" NOT NULL,
	"repository" text collate "C" NOT NULL,
	"run_id" text collate "C" NOT NULL,
	CONSTRAINT "run_repositories_org_id_repository_run_id_pk" PRIMARY KEY("org_id","repository","run_id")
);
--> statement-breakpoint
ALTER TABLE "batches" ADD COLUMN "size" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "attempt" integer;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "drafts_current" ON "drafts" USING btree ("org_id","user_id") WHERE is_current;--> statement-breakpoint
CREATE INDEX "drafts_by_user" ON "drafts" USING btree ("org_id","user_id","id");--> statement-breakpoint
CREATE INDEX "run_marks_unseen" ON "run_marks" USING btree ("org_id","user_id","run_id") WHERE seen_at is null and archived_at is null;--> statement-breakpoint
CREATE INDEX "runs_by_agent" ON "runs" USING btree ("org_id","agent_id","id");--> statement-breakpoint
CREATE INDEX "runs_by_batch" ON "runs" USING btree ("batch_id","id") WHERE batch_id is not null;--> statement-breakpoint
INSERT INTO "run_repositories" SELECT DISTINCT r.org_id, one ->> 'name', r.id FROM "runs" r, jsonb_array_elements(r.spec -> 'repositories') one;--> statement-breakpoint
-- Finds rare words in the titles at once. A foreign database may not let us have the extension; then the newest runs are
-- looked through, a bounded number at a time (queries/runSearch.ts).
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX "runs_by_words" ON "runs" USING gin ("title" gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
  RAISE NOTICE 'without pg_trgm: a search looks through the runs themselves';
END
$$;
