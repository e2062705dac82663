CREATE SEQUENCE "public"."config_order" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
ALTER TABLE "agents" ADD COLUMN "place" bigint DEFAULT nextval('config_order') NOT NULL;--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "place" bigint DEFAULT nextval('config_order') NOT NULL;