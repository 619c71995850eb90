/** What HTTP functions are given; put together in `app.ts`. */

import type { Catalog } from '../shared/catalog/index.ts';
import type { HealthPart } from '../shared/http/schemas.ts';
import type { Settings } from '../shared/settings.ts';
import type { Syncs } from '../shared/sync/index.ts';
import type { DynsqlConnections } from './dynsql/connections.ts';
import type { Companies } from './flexibee/companies.ts';

export type { HealthPart } from '../shared/http/schemas.ts';

export interface AppServices {
  settings: Settings;
  catalog: Catalog;
  syncs: Syncs;
  companies: Companies;
  dynsql: DynsqlConnections;
  now(): Date;
  /** Aborted when this worker stops. */
  stopping: AbortSignal;
  /**
   * One line for the storage, the catalogue, each database and server, the companies and each connection to
   * ABRA Gen, at most 5 s old; rejects only by `signal`, tells no secret.
   */
  health(signal: AbortSignal): Promise<HealthPart[]>;
}
