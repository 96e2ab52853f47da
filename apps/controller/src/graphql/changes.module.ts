import { Global, Module } from '@nestjs/common';
import { ChangeHub, ChangesListener } from './changes.js';

/** Seen by every room, so that each can tell of its changes. */
@Global()
@Module({ providers: [ChangeHub], controllers: [ChangesListener], exports: [ChangeHub] })
export class ChangesModule {}
