CREATE TABLE "warm_shapes" (
	"org_id" text collate "C" NOT NULL,
	"shape" text NOT NULL,
	"spec" jsonb NOT NULL,
	"wanted_at" timestamp (3) with time zone NOT NULL,
	"hits" integer NOT NULL,
	"misses" integer NOT NULL,
	CONSTRAINT "warm_shapes_org_id_shape_pk" PRIMARY KEY("org_id","shape")
);
--> statement-breakpoint
ALTER TABLE "warm_shapes" ADD CONSTRAINT "warm_shapes_org_id_orgs_id_fk" FOREIGN KEY ("org_id") REFERENCES "public"."orgs"("id") ON DELETE no action ON UPDATE no action;