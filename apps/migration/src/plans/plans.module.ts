import { Module } from '@nestjs/common';

/** What is to be moved, and how much of it can be. */
@Module({})
export class PlansModule {}
