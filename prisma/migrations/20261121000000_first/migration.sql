-- CreateTable
CREATE TABLE "fleet" (
    "id" UUID NOT NULL,
    "singleton" BOOLEAN NOT NULL DEFAULT true,
    "epoch" BIGINT NOT NULL DEFAULT 1,
    "canary" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "fleet_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operator" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "password_hash" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "operator_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in" (
    "id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "token_sha256" BYTEA NOT NULL,
    "kind" TEXT NOT NULL,
    "address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "proven_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_attempt" (
    "id" BIGSERIAL NOT NULL,
    "account" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_code" (
    "id" UUID NOT NULL,
    "code_sha256" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "sign_in_code_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "server" (
    "id" UUID NOT NULL,
    "external_key" TEXT,
    "alias" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "normalized_url" TEXT NOT NULL,
    "kind" TEXT,
    "connection" TEXT NOT NULL DEFAULT 'direct',
    "role" TEXT NOT NULL DEFAULT 'linked',
    "read_only" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "state_reason" TEXT,
    "state_code" TEXT,
    "state_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "machine_id" TEXT,
    "name" TEXT,
    "version" TEXT,
    "profile" JSONB,
    "tls" JSONB NOT NULL DEFAULT '{}',
    "poll" JSONB NOT NULL DEFAULT '{}',
    "ignored_devices" JSONB NOT NULL DEFAULT '[]',
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "region" TEXT,
    "location" JSONB,
    "weight" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "demo" BOOLEAN NOT NULL DEFAULT false,
    "config_rev" BIGINT NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3),
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "server_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "server_credential" (
    "server_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "rev" BIGINT NOT NULL,
    "dek_ver" INTEGER NOT NULL,
    "kek_id" TEXT NOT NULL,
    "wrapped_dek" BYTEA NOT NULL,
    "ciphertext" BYTEA NOT NULL,
    "fp" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "server_credential_pkey" PRIMARY KEY ("server_id", "kind")
);

-- CreateTable
CREATE TABLE "enrollment_token" (
    "id" UUID NOT NULL,
    "secret_sha256" BYTEA NOT NULL,
    "server_id" UUID NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "used_by" UUID,

    CONSTRAINT "enrollment_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent" (
    "id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "acct_pub" TEXT NOT NULL,
    "nkey_pub" TEXT NOT NULL,
    "sig_pub" JSONB NOT NULL,
    "box_pub" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'ACTIVE',
    "generation" INTEGER NOT NULL DEFAULT 1,
    "bundled" BOOLEAN NOT NULL DEFAULT true,
    "account_jwt" TEXT NOT NULL,
    "protocol" INTEGER NOT NULL DEFAULT 1,
    "agent_version" TEXT,
    "config_rev" BIGINT NOT NULL DEFAULT 0,
    "credential_rev" BIGINT NOT NULL DEFAULT 0,
    "clock_offset_ms" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_fact" (
    "agent_id" UUID NOT NULL,
    "spool_epoch" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "server_id" UUID NOT NULL,
    "fact_id" UUID NOT NULL,
    "contract" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "happened_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "applied_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,

    CONSTRAINT "agent_fact_pkey" PRIMARY KEY ("agent_id", "spool_epoch", "seq")
);

-- CreateTable
CREATE TABLE "command_outbox" (
    "id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "op" TEXT NOT NULL,
    "args" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deadline" TIMESTAMPTZ(3) NOT NULL,
    "next_send_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "done_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "result" JSONB,

    CONSTRAINT "command_outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lease" (
    "name" TEXT NOT NULL,
    "holder" UUID NOT NULL,
    "epoch" BIGINT NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "playback" (
    "id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "session_vendor_id" TEXT NOT NULL,
    "user_id" TEXT,
    "user_name" TEXT,
    "device_name" TEXT,
    "client" TEXT,
    "address" TEXT,
    "network" TEXT NOT NULL,
    "item_id" TEXT NOT NULL,
    "item_type" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "series_title" TEXT,
    "season_number" INTEGER,
    "episode_number" INTEGER,
    "year" INTEGER,
    "duration_ms" BIGINT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,
    "position_ms" BIGINT NOT NULL,
    "watched_ms" BIGINT NOT NULL DEFAULT 0,
    "pauses" INTEGER NOT NULL DEFAULT 0,
    "delivery" TEXT NOT NULL,
    "reasons" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "bit_rate_kbps" INTEGER,
    "video_height" INTEGER,

    CONSTRAINT "playback_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "library" (
    "server_id" UUID NOT NULL,
    "vendor_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "item_count" INTEGER,
    "child_count" INTEGER,
    "folders" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "library_pkey" PRIMARY KEY ("server_id", "vendor_id")
);

-- CreateTable
CREATE TABLE "media_user" (
    "server_id" UUID NOT NULL,
    "vendor_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "is_administrator" BOOLEAN NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3),
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "media_user_pkey" PRIMARY KEY ("server_id", "vendor_id")
);

-- CreateTable
CREATE TABLE "idempotency" (
    "operator_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "op" TEXT NOT NULL,
    "request_sha256" BYTEA NOT NULL,
    "result" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_pkey" PRIMARY KEY ("operator_id", "key")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "seq" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "server_id" TEXT NOT NULL,
    "correlation_id" TEXT,
    "address" TEXT,
    "payload" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "fleet_singleton_key" ON "fleet"("singleton");

-- CreateIndex
CREATE UNIQUE INDEX "operator_name_key" ON "operator"("name");

-- CreateIndex
CREATE UNIQUE INDEX "sign_in_token_sha256_key" ON "sign_in"("token_sha256");

-- CreateIndex
CREATE INDEX "sign_in_operator_id_idx" ON "sign_in"("operator_id");

-- CreateIndex
CREATE INDEX "sign_in_attempt_account_address_at_idx" ON "sign_in_attempt"("account", "address", "at");

-- CreateIndex
CREATE UNIQUE INDEX "sign_in_code_code_sha256_key" ON "sign_in_code"("code_sha256");

-- CreateIndex
CREATE INDEX "server_credential_fp_idx" ON "server_credential"("fp");

-- CreateIndex
CREATE UNIQUE INDEX "agent_acct_pub_key" ON "agent"("acct_pub");

-- CreateIndex
CREATE INDEX "agent_server_id_idx" ON "agent"("server_id");

-- CreateIndex
CREATE INDEX "command_outbox_server_id_idx" ON "command_outbox"("server_id");

-- CreateIndex
CREATE INDEX "playback_server_id_ended_at_idx" ON "playback"("server_id", "ended_at");

-- CreateIndex
CREATE INDEX "playback_started_at_id_idx" ON "playback"("started_at" DESC, "id");

-- CreateIndex
CREATE INDEX "audit_event_at_idx" ON "audit_event"("at");

-- CreateIndex
CREATE INDEX "audit_event_server_id_seq_idx" ON "audit_event"("server_id", "seq");

-- AddForeignKey
ALTER TABLE "sign_in" ADD CONSTRAINT "sign_in_operator_id_fkey" FOREIGN KEY ("operator_id") REFERENCES "operator"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "server_credential" ADD CONSTRAINT "server_credential_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "playback" ADD CONSTRAINT "playback_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "library" ADD CONSTRAINT "library_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "media_user" ADD CONSTRAINT "media_user_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What the schema language cannot say. Prisma's diff ignores partial indexes, checks and triggers.

-- Historical servers keep their rows; only living ones must differ.
CREATE UNIQUE INDEX "server_slug_living" ON "server"("slug") WHERE "state" <> 'historical';
CREATE UNIQUE INDEX "server_url_living" ON "server"("normalized_url") WHERE "state" <> 'historical';
CREATE UNIQUE INDEX "server_external_key_living" ON "server"("external_key") WHERE "state" <> 'historical' AND "external_key" IS NOT NULL;
CREATE UNIQUE INDEX "server_one_primary" ON "server"("role") WHERE "role" = 'primary' AND "state" <> 'historical';
CREATE UNIQUE INDEX "agent_one_active" ON "agent"("server_id") WHERE "status" = 'ACTIVE';

-- The inbox and the outbox are read by what is still open in them.
CREATE INDEX "agent_fact_open" ON "agent_fact"("agent_id", "received_at", "seq") WHERE "applied_at" IS NULL AND "failed_at" IS NULL;
CREATE INDEX "command_outbox_open" ON "command_outbox"("next_send_at") WHERE "done_at" IS NULL;
CREATE INDEX "playback_open" ON "playback"("server_id") WHERE "ended_at" IS NULL;

ALTER TABLE "server" ADD CONSTRAINT "server_state_known" CHECK ("state" IN ('pending', 'online', 'degraded', 'offline', 'historical'));
ALTER TABLE "server" ADD CONSTRAINT "server_role_known" CHECK ("role" IN ('primary', 'linked'));
ALTER TABLE "operator" ADD CONSTRAINT "operator_role_known" CHECK ("role" IN ('viewer', 'operator', 'superadmin'));
ALTER TABLE "agent" ADD CONSTRAINT "agent_status_known" CHECK ("status" IN ('PENDING_APPROVAL', 'ACTIVE', 'LOCKED', 'REVOKED'));

-- The audit log only grows.
CREATE FUNCTION "audit_event_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log only grows';
END
$$;
CREATE TRIGGER "audit_event_no_change" BEFORE UPDATE OR DELETE ON "audit_event" FOR EACH ROW EXECUTE FUNCTION "audit_event_append_only"();
CREATE TRIGGER "audit_event_no_truncate" BEFORE TRUNCATE ON "audit_event" FOR EACH STATEMENT EXECUTE FUNCTION "audit_event_append_only"();
