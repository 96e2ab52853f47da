-- What an account may see: "all" or ids of libraries; null while its server does not tell.
ALTER TABLE "media_user" ADD COLUMN "libraries" JSONB;

-- CreateTable
CREATE TABLE "watch_look" (
    "server_id" UUID NOT NULL,
    "user_vendor_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "looked_at" TIMESTAMPTZ(3) NOT NULL,
    "states" JSONB NOT NULL,

    CONSTRAINT "watch_look_pkey" PRIMARY KEY ("server_id","user_vendor_id","type")
);

-- AddForeignKey
ALTER TABLE "watch_look" ADD CONSTRAINT "watch_look_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "server"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What the schema language cannot say.
ALTER TABLE "watch_look" ADD CONSTRAINT "watch_look_type_known" CHECK ("type" IN ('movie', 'episode'));
