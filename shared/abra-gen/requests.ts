/** Requests of one connection. */

import { type Ask as OutboundAsk, OutboundClient } from '../outbound/client.ts';
import type { AbraGenAddress } from './address.ts';
import { AbraGenError } from './errors.ts';
import { refusal } from './failures.ts';
import type { AbraGenServers } from './servers.ts';

export interface AbraGenConnection {
  /** In the catalogue. */
  id: string;
  /** At the server: `demodata`. */
  name: string;
  address: AbraGenAddress;
}

export interface Ask extends OutboundAsk {
  definition?: string;
}

/** What differs by system is in `failures.ts` and `errors.ts`. */
export class Requests extends OutboundClient<Ask, AbraGenError> {
  constructor({ id, name, address }: AbraGenConnection, servers: AbraGenServers) {
    super(
      {
        address,
        base: `/${encodeURIComponent(name)}/`,
        refusal,
        error: (failure, request, { definition }, options) =>
          new AbraGenError({ ...failure, request, connection: id, definition }, options),
      },
      servers,
    );
  }
}
