/** What HTTP functions are given; put together in `app.ts`. */

import type { Acknowledgements } from '../acknowledgements/acknowledgements.ts';
import type { Audit } from '../audit/audit.ts';
import type { Boards } from '../board/boards.ts';
import type { Schedules } from '../board/schedule/schedules.ts';
import type { Catalog } from '../catalog/index.ts';
import type { Closures } from '../closures/closures.ts';
import type { CallPlaces } from '../http/call-places.ts';
import type { RequestLimits } from '../http/request-limits.ts';
import type { IdempotencyKeys } from '../idempotency/idempotency-keys.ts';
import type { Settings } from '../settings/settings.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { Syncs } from '../sync/syncs.ts';
import type { Companies } from './companies.ts';
import type { DynsqlConnections } from './connections/dynsql-connections.ts';
import type { HealthPart } from './health/part.ts';
import type { Notifications } from './notifications.ts';
import type { Overviews } from './overview/overviews.ts';
import type { Troubles } from './troubles.ts';

export interface AppServices {
  settings: Settings;
  /** Who calls. */
  signIn: SignIn;
  /** How many requests may come. */
  limits: RequestLimits;
  /** How many of them work at once. */
  calls: CallPlaces;
  catalog: Catalog;
  /** Whether there is something newer that is not in use, since it is wrong: of the catalogue or dynsql. */
  isCatalogKept: boolean;
  syncs: Syncs;
  boards: Boards;
  schedules: Schedules;
  overviews: Pick<Overviews, 'facts' | 'changedSince' | 'isStale' | 'changed'>;
  companies: Companies;
  dynsql: DynsqlConnections;
  audit: Pick<Audit, 'begin' | 'end' | 'read'>;
  acknowledgements: Pick<Acknowledgements, 'current' | 'begin' | 'end'>;
  troubles: Pick<Troubles, 'ofCode' | 'ages'>;
  /** Requests that their clients call by a key. */
  keys(signal: AbortSignal): Promise<IdempotencyKeys>;
  closures: Pick<Closures, 'current' | 'begin' | 'end'>;
  events: Pick<Notifications, 'page' | 'targets' | 'test' | 'tell'>;
  now(): Date;
  /** Aborted when this worker stops. */
  stopping: AbortSignal;
  /**
   * One line for the storage, the catalogue, each database and server, the companies and each connection to
   * ABRA Gen, at most 5 s old; rejects only by `signal`, tells no secret.
   */
  health(signal: AbortSignal): Promise<HealthPart[]>;
}
