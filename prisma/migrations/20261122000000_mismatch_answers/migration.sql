-- CreateTable
CREATE TABLE "mismatch_allowance" (
    "id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "mismatch_id" UUID NOT NULL,
    "network_a" TEXT NOT NULL,
    "network_b" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "allowed_by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mismatch_allowance_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "mismatch_allowance_identity_id_network_a_network_b_key" ON "mismatch_allowance"("identity_id", "network_a", "network_b");

-- CreateIndex
CREATE INDEX "playback_server_id_user_id_started_at_idx" ON "playback"("server_id", "user_id", "started_at" DESC);

-- AddForeignKey
ALTER TABLE "mismatch_allowance" ADD CONSTRAINT "mismatch_allowance_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identity"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language cannot say.
ALTER TABLE "mismatch_allowance" ADD CONSTRAINT "mismatch_allowance_pair" CHECK ("network_a" COLLATE "C" < "network_b" COLLATE "C");
