/** Requests of one company, their answers checked. */

import { z } from 'zod';
import { type Ask as OutboundAsk, OutboundClient } from '../outbound/client.ts';
import type { FlexibeeAddress } from './address.ts';
import { FlexibeeError } from './errors.ts';
import { refusal, refusedInside } from './failures.ts';
import type { FlexibeeServers } from './servers.ts';
import { refusalIn } from './wire.ts';

export interface Company {
  /** Of the data source. */
  code: string;
  /** At the server. */
  name: string;
  address: FlexibeeAddress;
  /** The most changes in one answer, where fewer than the server gives. */
  pageSize?: number;
  /** The most requests at once to its server, the same for all companies there; default as of the servers. */
  requestsAtOnce?: number;
  /** Called with every request that is sent, repeated ones too. */
  onRequest?(): void;
}

export interface Ask extends OutboundAsk {
  evidence?: string;
}

/** What differs by system is in `failures.ts` and `errors.ts`. */
export class Requests extends OutboundClient<Ask, FlexibeeError> {
  constructor(company: Company, servers: FlexibeeServers) {
    const { code, name, address, requestsAtOnce, onRequest } = company;
    super(
      {
        address,
        base: `/c/${encodeURIComponent(name)}/`,
        requestsAtOnce,
        ...(onRequest && { onRequest }),
        refusal,
        error: (failure, request, { evidence }, options) =>
          new FlexibeeError({ ...failure, request, company: code, evidence }, options),
      },
      servers,
    );
  }

  /** @throws FlexibeeError, or the reason of `signal` */
  async ask<T>(ask: Ask, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const { status, value } = await this.json(ask, signal);
    const checked = schema.safeParse(value);
    if (checked.success) return checked.data;
    const said = refusalIn(value);
    if (said !== undefined) throw this.error(ask, refusedInside(status, said));
    throw this.error(ask, { kind: 'answer not understood', status, fault: issues(checked.error) });
  }
}

/** The first few are enough: a page that is wrong is wrong a thousand times. */
function issues({ issues }: z.ZodError): string {
  const told = issues
    .slice(0, 3)
    .map(({ path, message }) => `${z.core.toDotPath(path) || 'the answer'}: ${message}`);
  const rest = issues.length > 3 ? '; and more' : '';
  return `the answer is not what it should be: ${told.join('; ')}${rest}`;
}
