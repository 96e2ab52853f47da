-- CreateTable
CREATE TABLE "notice" (
    "id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "target_kind" TEXT NOT NULL,
    "show_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "dispatched_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "canceled_at" TIMESTAMPTZ(3),
    "canceled_by" TEXT,
    "window_id" UUID,
    "occurrence_at" TIMESTAMPTZ(3),
    "minutes_before" INTEGER,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice_delivery" (
    "notice_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "session_vendor_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "state" TEXT NOT NULL DEFAULT 'planned',
    "command_id" UUID,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "tried_at" TIMESTAMPTZ(3),
    "next_try_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),
    "sent" INTEGER NOT NULL DEFAULT 0,
    "unsupported" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "code" TEXT,
    "reason" TEXT,

    CONSTRAINT "notice_delivery_pkey" PRIMARY KEY ("notice_id","server_id")
);

-- CreateTable
CREATE TABLE "maintenance_window" (
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "server_ids" UUID[],
    "time_zone" TEXT NOT NULL,
    "start_local" TEXT NOT NULL,
    "duration_min" INTEGER NOT NULL,
    "rrule" TEXT,
    "skipped" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "drain_min" INTEGER NOT NULL DEFAULT 0,
    "notice_min" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "notice_text" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "canceled_at" TIMESTAMPTZ(3),
    "canceled_by" TEXT,

    CONSTRAINT "maintenance_window_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "notice_created_at_id_idx" ON "notice"("created_at" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "notice_window_id_occurrence_at_minutes_before_key" ON "notice"("window_id", "occurrence_at", "minutes_before");

-- CreateIndex
CREATE INDEX "notice_delivery_server_id_idx" ON "notice_delivery"("server_id");

-- AddForeignKey
ALTER TABLE "notice" ADD CONSTRAINT "notice_window_id_fkey" FOREIGN KEY ("window_id") REFERENCES "maintenance_window"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice_delivery" ADD CONSTRAINT "notice_delivery_notice_id_fkey" FOREIGN KEY ("notice_id") REFERENCES "notice"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notice_delivery" ADD CONSTRAINT "notice_delivery_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What the schema language cannot say.

-- A server may stand outside of what is sent to the whole fleet.
ALTER TABLE "server" DROP CONSTRAINT "server_role_known";
ALTER TABLE "server" ADD CONSTRAINT "server_role_known" CHECK ("role" IN ('primary', 'linked', 'unlinked'));

ALTER TABLE "notice" ADD CONSTRAINT "notice_times" CHECK ("expires_at" > "show_at" AND "expires_at" <= "show_at" + interval '24 hours');
ALTER TABLE "notice" ADD CONSTRAINT "notice_target_known" CHECK ("target_kind" IN ('linked', 'servers', 'sessions'));
ALTER TABLE "notice_delivery" ADD CONSTRAINT "notice_delivery_state_known" CHECK ("state" IN ('planned', 'waiting', 'answered', 'refused', 'expired', 'canceled'));
ALTER TABLE "maintenance_window" ADD CONSTRAINT "maintenance_window_length" CHECK ("duration_min" BETWEEN 1 AND 10080 AND "drain_min" BETWEEN 0 AND 1440);

-- Read by what is still open in them.
CREATE INDEX "notice_planned" ON "notice"("show_at") WHERE "dispatched_at" IS NULL AND "canceled_at" IS NULL;
CREATE INDEX "notice_open" ON "notice"("expires_at") WHERE "ended_at" IS NULL;
CREATE INDEX "notice_delivery_waiting" ON "notice_delivery"("command_id") WHERE "state" = 'waiting';
CREATE INDEX "maintenance_window_living" ON "maintenance_window"("id") WHERE "canceled_at" IS NULL;
