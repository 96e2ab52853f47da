-- CreateTable
CREATE TABLE "mismatch" (
    "id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "rule" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "text" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "flags" JSONB NOT NULL DEFAULT '[]',
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "ignored_until" TIMESTAMPTZ(3),
    "resolution" TEXT,
    "resolved_by" TEXT,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "mismatch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mismatch_check" (
    "singleton" BOOLEAN NOT NULL DEFAULT true,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "rules" JSONB NOT NULL,

    CONSTRAINT "mismatch_check_pkey" PRIMARY KEY ("singleton")
);

-- CreateIndex
CREATE UNIQUE INDEX "mismatch_key_key" ON "mismatch"("key");

-- CreateIndex
CREATE INDEX "mismatch_state_last_seen_at_idx" ON "mismatch"("state", "last_seen_at");

-- What the schema language cannot say.
ALTER TABLE "mismatch" ADD CONSTRAINT "mismatch_state_known" CHECK ("state" IN ('open', 'ignored', 'resolved'));
ALTER TABLE "mismatch" ADD CONSTRAINT "mismatch_severity_known" CHECK ("severity" IN ('high', 'medium', 'low'));
ALTER TABLE "mismatch" ADD CONSTRAINT "mismatch_ignored_until" CHECK (("state" = 'ignored') = ("ignored_until" IS NOT NULL));
ALTER TABLE "mismatch_check" ADD CONSTRAINT "mismatch_check_one_row" CHECK ("singleton");
