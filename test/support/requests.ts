/** What a POST asks the service for. */

import type { Call, SyncRequest } from '../../shared/sync/syncs.ts';

/** Entities of data sources, as `entity_sync` asks for one. */
export function requestFor(
  codes: readonly string[],
  names: readonly string[],
  { user = 'operator', ...months }: Pick<Call, 'periods' | 'asked'> & { user?: string } = {},
): SyncRequest {
  const call: Call = { codes: [...codes], names: [...names], whole: false, ...months };
  return { kind: 'entity', calls: [call], user, token: 'demo' };
}
