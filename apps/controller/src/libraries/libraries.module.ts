import { Module } from '@nestjs/common';
import { ItemsResolver } from './items.resolver.js';
import { ItemsService } from './items.service.js';
import { LibrariesRepository } from './libraries.repository.js';
import { LibrariesResolver } from './libraries.resolver.js';
import { LibrariesService } from './libraries.service.js';
import { LibraryPlansResolver } from './library-plans.resolver.js';
import { LibraryPlansService } from './library-plans.service.js';
import { OverlapService } from './overlap.service.js';

@Module({
  providers: [ItemsResolver, ItemsService, LibrariesRepository, LibrariesResolver, LibrariesService, LibraryPlansResolver, LibraryPlansService, OverlapService],
  exports: [ItemsService, LibrariesService],
})
export class LibrariesModule {}
