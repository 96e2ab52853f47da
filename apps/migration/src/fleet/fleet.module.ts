import { Module } from '@nestjs/common';
import { FleetKeeper } from './fleet-keeper.js';
import { FleetListener } from './fleet.listener.js';

/** Who speaks for which server, and who is there. */
@Module({ controllers: [FleetListener], providers: [FleetKeeper] })
export class FleetModule {}
