export { earlierDatabase } from './earlier-schemas.ts';
export { findPostgres, giveToServer, lockTable, startPrivatePostgres } from './private-postgres.ts';
export type { PrivatePostgres } from './private-postgres.ts';
export { syntheticRecord, syntheticRecords, syntheticSweep } from './synthetic.ts';
