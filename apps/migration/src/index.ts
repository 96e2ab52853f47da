export { migrationVars, readMigrationConfig, type MigrationConfig } from './config.js';
export { start, type MigrationWiring, type StartedMigration } from './start.js';
