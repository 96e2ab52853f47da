-- CreateTable
CREATE TABLE "identity" (
    "id" UUID NOT NULL,
    "display_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "merged_into" UUID,

    CONSTRAINT "identity_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identity_email" (
    "identity_id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "verified_at" TIMESTAMPTZ(3),
    "verified_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_email_pkey" PRIMARY KEY ("identity_id","email")
);

-- CreateTable
CREATE TABLE "identity_user" (
    "server_id" UUID NOT NULL,
    "user_vendor_id" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "user_name" TEXT NOT NULL,
    "evidence" TEXT NOT NULL,
    "linked_by" TEXT NOT NULL,
    "linked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_user_pkey" PRIMARY KEY ("server_id","user_vendor_id")
);

-- CreateTable
CREATE TABLE "identity_merge" (
    "id" UUID NOT NULL,
    "from_id" UUID NOT NULL,
    "into_id" UUID NOT NULL,
    "undo" JSONB NOT NULL,
    "merged_by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "identity_merge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identity_refusal" (
    "key" TEXT NOT NULL,
    "refused_by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_refusal_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "migration_plan" (
    "id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "kind" TEXT NOT NULL DEFAULT 'users',
    "of_run_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'draft',
    "source_server_id" UUID NOT NULL,
    "target_server_id" UUID NOT NULL,
    "request" JSONB NOT NULL,
    "checked" JSONB,
    "header" BYTEA,
    "plan_sha256" TEXT,
    "initiator_id" UUID NOT NULL,
    "initiator_name" TEXT NOT NULL,
    "code" TEXT,
    "message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "checked_at" TIMESTAMPTZ(3),
    "frozen_at" TIMESTAMPTZ(3),
    "holder" UUID,
    "beat_at" TIMESTAMPTZ(3),

    CONSTRAINT "migration_plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "migration_chunk" (
    "plan_id" UUID NOT NULL,
    "n" INTEGER NOT NULL,
    "first" INTEGER NOT NULL,
    "rows" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "bytes" BYTEA NOT NULL,

    CONSTRAINT "migration_chunk_pkey" PRIMARY KEY ("plan_id","n")
);

-- CreateTable
CREATE TABLE "migration_row" (
    "plan_id" UUID NOT NULL,
    "n" INTEGER NOT NULL,
    "op" TEXT NOT NULL,
    "u" INTEGER NOT NULL,
    "item" TEXT,
    "title" TEXT,
    "tab" TEXT NOT NULL,
    "has_loss" BOOLEAN NOT NULL DEFAULT false,
    "row" JSONB NOT NULL,
    "op_key" TEXT,
    "state" TEXT,
    "epoch" BIGINT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "code" TEXT,
    "before" JSONB,
    "sent" JSONB,
    "now" JSONB,
    "verify" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_row_pkey" PRIMARY KEY ("plan_id","n")
);

-- CreateTable
CREATE TABLE "migration_decision" (
    "source_server_id" UUID NOT NULL,
    "target_server_id" UUID NOT NULL,
    "id" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "target" TEXT,
    "reason" TEXT,
    "decided_by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_decision_pkey" PRIMARY KEY ("source_server_id","target_server_id","id")
);

-- CreateTable
CREATE TABLE "migration_approval" (
    "plan_id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "operator_name" TEXT NOT NULL,
    "plan_sha256" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "jws" TEXT NOT NULL,
    "not_before" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "max_writes" INTEGER NOT NULL,
    "stored_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" TEXT,

    CONSTRAINT "migration_approval_pkey" PRIMARY KEY ("plan_id","operator_id","sha256")
);

-- CreateTable
CREATE TABLE "migration_run" (
    "id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "target_server_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "step" TEXT,
    "started_by_id" UUID NOT NULL,
    "started_by_name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "asked" TEXT,
    "code" TEXT,
    "message" TEXT,
    "requests" INTEGER NOT NULL DEFAULT 0,
    "writes" INTEGER NOT NULL DEFAULT 0,
    "verified" JSONB,
    "accepted_at" TIMESTAMPTZ(3),
    "accepted_by" TEXT,
    "accepted_reason" TEXT,
    "report" BYTEA,
    "report_jws" TEXT,

    CONSTRAINT "migration_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "migration_item_map" (
    "source_server_id" UUID NOT NULL,
    "source_item" TEXT NOT NULL,
    "target_server_id" UUID NOT NULL,
    "target_item" TEXT NOT NULL,
    "tier" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "migration_item_map_pkey" PRIMARY KEY ("source_server_id","source_item","target_server_id")
);

-- CreateTable
CREATE TABLE "migration_ticket" (
    "jti" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,
    "plan_sha256" TEXT NOT NULL,
    "command_id" UUID NOT NULL,
    "op" TEXT NOT NULL,
    "first_row" INTEGER NOT NULL,
    "last_row" INTEGER NOT NULL,
    "epoch" BIGINT NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,

    CONSTRAINT "migration_ticket_pkey" PRIMARY KEY ("jti")
);

-- CreateIndex
CREATE INDEX "identity_email_email_idx" ON "identity_email"("email");

-- CreateIndex
CREATE INDEX "identity_user_identity_id_idx" ON "identity_user"("identity_id");

-- CreateIndex
CREATE INDEX "identity_merge_at_idx" ON "identity_merge"("at");

-- CreateIndex
CREATE INDEX "migration_plan_created_at_id_idx" ON "migration_plan"("created_at" DESC, "id");

-- CreateIndex
CREATE INDEX "migration_row_plan_id_tab_n_idx" ON "migration_row"("plan_id", "tab", "n");

-- CreateIndex
CREATE INDEX "migration_row_plan_id_state_n_idx" ON "migration_row"("plan_id", "state", "n");

-- CreateIndex
CREATE UNIQUE INDEX "migration_approval_sha256_key" ON "migration_approval"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "migration_run_plan_id_key" ON "migration_run"("plan_id");

-- CreateIndex
CREATE INDEX "migration_run_state_idx" ON "migration_run"("state");

-- CreateIndex
CREATE INDEX "migration_ticket_run_id_issued_at_idx" ON "migration_ticket"("run_id", "issued_at");

-- AddForeignKey
ALTER TABLE "identity_email" ADD CONSTRAINT "identity_email_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identity"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identity_user" ADD CONSTRAINT "identity_user_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identity"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "migration_chunk" ADD CONSTRAINT "migration_chunk_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "migration_plan"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "migration_row" ADD CONSTRAINT "migration_row_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "migration_plan"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "migration_approval" ADD CONSTRAINT "migration_approval_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "migration_plan"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "migration_run" ADD CONSTRAINT "migration_run_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "migration_plan"("id") ON DELETE CASCADE ON UPDATE CASCADE;



-- What the schema language cannot say.
CREATE UNIQUE INDEX "identity_email_verified" ON "identity_email"("email") WHERE "verified_at" IS NOT NULL;
CREATE UNIQUE INDEX "migration_row_op_key" ON "migration_row"("plan_id", "op_key") WHERE "op_key" IS NOT NULL;
ALTER TABLE "migration_plan" ADD CONSTRAINT "migration_plan_state_known" CHECK ("state" IN ('draft', 'checking', 'checked', 'frozen', 'approved', 'stale', 'void'));
ALTER TABLE "migration_plan" ADD CONSTRAINT "migration_plan_kind_known" CHECK ("kind" IN ('users', 'rollback'));
ALTER TABLE "migration_plan" ADD CONSTRAINT "migration_plan_frozen_whole" CHECK ("state" NOT IN ('frozen', 'approved') OR ("header" IS NOT NULL AND "plan_sha256" IS NOT NULL));
ALTER TABLE "migration_run" ADD CONSTRAINT "migration_run_state_known" CHECK ("state" IN ('queued', 'running', 'paused', 'verifying', 'awaiting-decision', 'done', 'aborted', 'failed'));
ALTER TABLE "migration_row" ADD CONSTRAINT "migration_row_state_known" CHECK ("state" IS NULL OR "state" IN ('new', 'intent', 'done', 'verified', 'skipped', 'conflict', 'failed'));
