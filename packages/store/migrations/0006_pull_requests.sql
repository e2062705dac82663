CREATE TABLE "pull_requests" (
	"id" text collate "C" PRIMARY KEY NOT NULL,
	"org_id" text collate "C" NOT NULL,
	"run_id" text collate "C" NOT NULL,
	"repository" text collate "C" NOT NULL,
	"forge" text NOT NULL,
	"number" integer NOT NULL,
	"url" text NOT NULL,
	"title" text NOT NULL,
	"branch" text NOT NULL,
	"base" text NOT NULL,
	"state" text NOT NULL,
	"checks" jsonb NOT NULL,
	"trouble" jsonb,
	"created_by" text collate "C" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL,
	"look_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "pull_requests" ADD CONSTRAINT "pull_requests_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pull_requests" ADD CONSTRAINT "pull_requests_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "pull_requests_once" ON "pull_requests" USING btree ("org_id","run_id","repository","number");--> statement-breakpoint
CREATE INDEX "pull_requests_to_look_at" ON "pull_requests" USING btree ("look_at") WHERE look_at is not null;