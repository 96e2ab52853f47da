import { Module } from '@nestjs/common';
import { LibrariesRepository } from './libraries.repository.js';
import { LibrariesResolver } from './libraries.resolver.js';
import { LibrariesService } from './libraries.service.js';

@Module({ providers: [LibrariesRepository, LibrariesService, LibrariesResolver], exports: [LibrariesService] })
export class LibrariesModule {}
