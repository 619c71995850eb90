/** What can be synced: the catalogue's loading, checking and lookups. */

export type {
  CallParameter,
  Catalog,
  FollowedCompany,
  FreshnessQuery,
  Period,
  ResolvedStage,
  SourceQuery,
} from './catalog.ts';
export { CatalogError } from './catalog-error.ts';
export { parseCatalog, parseCatalogText, shippedCatalog } from './read-catalog.ts';
