-- CreateTable
CREATE TABLE "hardening_acceptance" (
    "server_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "evidence" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "accepted_by" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),

    CONSTRAINT "hardening_acceptance_pkey" PRIMARY KEY ("server_id","code")
);

-- AddForeignKey
ALTER TABLE "hardening_acceptance" ADD CONSTRAINT "hardening_acceptance_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;
