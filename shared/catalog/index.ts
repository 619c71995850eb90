/** What can be synced: the catalogue's loading, checking and lookups. */

export { CatalogError } from '../faults/catalog-error.ts';
export type {
  Catalog,
  CheckQuery,
  FollowedCompany,
  FreshnessQuery,
  Placed,
  ResolvedStage,
  SourcePlace,
  SourceQuery,
  StageWindow,
} from './catalog.ts';
export { connectionKinds } from './connection-schema.ts';
export { addressOf } from './located.ts';
export type { CallParameter } from './parameter-values.ts';
export { ofRun } from './parameter-values.ts';
export type { Period } from './period.ts';
export { parseCatalog, parseCatalogText } from './read-catalog.ts';
export { outsides } from './restraint-schema.ts';
export { shippedCatalog } from './shipped-catalog.ts';
export { clockSources, dayIn, runSources } from './value-source.ts';
