-- CreateTable
CREATE TABLE "item" (
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "parent_title" TEXT,
    "season_number" INTEGER,
    "episode_number" INTEGER,
    "year" INTEGER,
    "duration_ms" BIGINT,
    "sort_title" TEXT NOT NULL,
    "replaced_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "item_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "item_location" (
    "server_id" UUID NOT NULL,
    "vendor_id" TEXT NOT NULL,
    "library_vendor_id" TEXT NOT NULL,
    "item_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "parent_vendor_id" TEXT,
    "parent_title" TEXT,
    "season_number" INTEGER,
    "episode_number" INTEGER,
    "episode_end_number" INTEGER,
    "year" INTEGER,
    "air_date" TEXT,
    "duration_ms" BIGINT,
    "video_height" INTEGER,
    "path" TEXT,
    "path_key" TEXT,
    "file_count" INTEGER NOT NULL DEFAULT 0,
    "size_bytes" BIGINT,
    "identity" TEXT NOT NULL,
    "tier" TEXT,
    "evidence" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "read_run" UUID NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "item_location_pkey" PRIMARY KEY ("server_id","vendor_id")
);

-- CreateTable
CREATE TABLE "item_provider_id" (
    "server_id" UUID NOT NULL,
    "vendor_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,

    CONSTRAINT "item_provider_id_pkey" PRIMARY KEY ("server_id","vendor_id","provider_id")
);

-- CreateTable
CREATE TABLE "library_reading" (
    "server_id" UUID NOT NULL,
    "library_vendor_id" TEXT NOT NULL,
    "run" UUID,
    "beat_at" TIMESTAMPTZ(3),
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER,
    "finished_at" TIMESTAMPTZ(3),
    "signature" TEXT,

    CONSTRAINT "library_reading_pkey" PRIMARY KEY ("server_id","library_vendor_id")
);

-- CreateTable
CREATE TABLE "library_plan" (
    "id" UUID NOT NULL,
    "rev" INTEGER NOT NULL DEFAULT 1,
    "source_server_id" UUID NOT NULL,
    "target_server_id" UUID NOT NULL,
    "request" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'checking',
    "progress" JSONB,
    "result" JSONB,
    "failure" JSONB,
    "signature" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checked_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "holder" UUID,
    "beat_at" TIMESTAMPTZ(3),

    CONSTRAINT "library_plan_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "item_sort_title_id_idx" ON "item"("sort_title", "id");

-- CreateIndex
CREATE INDEX "item_replaced_by_idx" ON "item"("replaced_by");

-- CreateIndex
CREATE INDEX "item_location_item_id_idx" ON "item_location"("item_id");

-- CreateIndex
CREATE INDEX "item_location_path_key_idx" ON "item_location"("path_key");

-- CreateIndex
CREATE INDEX "item_location_server_id_library_vendor_id_idx" ON "item_location"("server_id", "library_vendor_id");

-- CreateIndex
CREATE INDEX "item_location_server_id_parent_vendor_id_idx" ON "item_location"("server_id", "parent_vendor_id");

-- CreateIndex
CREATE INDEX "item_provider_id_type_provider_id_idx" ON "item_provider_id"("type", "provider_id");

-- CreateIndex
CREATE INDEX "library_plan_expires_at_idx" ON "library_plan"("expires_at");

-- AddForeignKey
ALTER TABLE "item_location" ADD CONSTRAINT "item_location_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "item_location" ADD CONSTRAINT "item_location_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "item"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "item_provider_id" ADD CONSTRAINT "item_provider_id_server_id_vendor_id_fkey" FOREIGN KEY ("server_id", "vendor_id") REFERENCES "item_location"("server_id", "vendor_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "library_reading" ADD CONSTRAINT "library_reading_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What the schema language cannot say.

-- Search by words; rows that were found to be another one's title are not shown.
CREATE INDEX "item_words" ON "item" USING gin (to_tsvector('simple', "sort_title")) WHERE "replaced_by" IS NULL;

ALTER TABLE "item" ADD CONSTRAINT "item_type_known" CHECK ("type" IN ('movie', 'series', 'episode', 'album', 'track'));
ALTER TABLE "item_location" ADD CONSTRAINT "item_location_tier_known" CHECK ("tier" IN ('A', 'B', 'C'));
ALTER TABLE "library_plan" ADD CONSTRAINT "library_plan_state_known" CHECK ("state" IN ('checking', 'ready', 'failed'));
