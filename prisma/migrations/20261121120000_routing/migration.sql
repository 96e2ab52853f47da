-- CreateTable
CREATE TABLE "server_capacity" (
    "server_id" UUID NOT NULL,
    "cores" DOUBLE PRECISION,
    "uplink_kbps" INTEGER,
    "transcode_limit" INTEGER,
    "hardware" BOOLEAN NOT NULL DEFAULT false,
    "machine" TEXT,
    "viewer_url" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "server_capacity_pkey" PRIMARY KEY ("server_id")
);

-- CreateTable
CREATE TABLE "server_drain" (
    "server_id" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "until" TIMESTAMPTZ(3),
    "move" TEXT NOT NULL,
    "reason" TEXT,
    "operator_name" TEXT NOT NULL,
    "streams_at_start" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "server_drain_pkey" PRIMARY KEY ("server_id")
);

-- CreateTable
CREATE TABLE "route" (
    "id" UUID NOT NULL,
    "link_sha256" BYTEA NOT NULL,
    "state" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "item_key" TEXT NOT NULL,
    "placement_id" UUID NOT NULL,
    "server_id" UUID,
    "position_ms" BIGINT NOT NULL,
    "position_at" TIMESTAMPTZ(3) NOT NULL,
    "moves" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "route_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "placement" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "route_id" UUID,
    "server_id" UUID,
    "record" JSONB NOT NULL,

    CONSTRAINT "placement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reservation" (
    "placement_id" UUID NOT NULL,
    "machine_id" TEXT NOT NULL,
    "server_id" UUID NOT NULL,
    "cost" DOUBLE PRECISION NOT NULL,
    "wan_kbps" DOUBLE PRECISION NOT NULL,
    "encoder_sessions" INTEGER NOT NULL,
    "transcodes" INTEGER NOT NULL,
    "body" JSONB NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("placement_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "route_link_sha256_key" ON "route"("link_sha256");

-- CreateIndex
CREATE INDEX "route_expires_at_idx" ON "route"("expires_at");

-- CreateIndex
CREATE INDEX "route_server_id_idx" ON "route"("server_id");

-- CreateIndex
CREATE INDEX "placement_at_id_idx" ON "placement"("at" DESC, "id");

-- CreateIndex
CREATE INDEX "placement_route_id_idx" ON "placement"("route_id");

-- CreateIndex
CREATE INDEX "reservation_machine_id_ends_at_idx" ON "reservation"("machine_id", "ends_at");

-- AddForeignKey
ALTER TABLE "server_capacity" ADD CONSTRAINT "server_capacity_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "server_drain" ADD CONSTRAINT "server_drain_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language cannot say.
ALTER TABLE "server_capacity" ADD CONSTRAINT "server_capacity_possible" CHECK (("cores" IS NULL OR "cores" > 0) AND ("uplink_kbps" IS NULL OR "uplink_kbps" > 0) AND ("transcode_limit" IS NULL OR "transcode_limit" > 0));
ALTER TABLE "server_drain" ADD CONSTRAINT "server_drain_move_known" CHECK ("move" IN ('next', 'now'));
ALTER TABLE "route" ADD CONSTRAINT "route_state_known" CHECK ("state" IN ('placed', 'open', 'moving', 'ended', 'expired'));
