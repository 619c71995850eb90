/** Where a request comes from, as far as anybody can tell. */

import { isIP } from 'node:net';
import type { HttpRequest } from '@azure/functions';
import { show } from '../faults/show.ts';

export interface Origin {
  /** Of whoever is connected to the platform's front end. */
  address?: string;
  /** What the request says of its way, where that is more: anybody may have said it. */
  forwarded?: string;
}

/**
 * The front end of App Service adds the address and port of whoever is connected to it at the end of
 * `X-Forwarded-For`, behind whatever the client has sent itself. So its last entry is trusted in
 * Azure, and nothing anywhere else: there nobody tells the function who is connected. Behind a proxy
 * of one's own (Front Door, an application gateway) the last entry is that proxy's address.
 */
export function originOf(request: Pick<HttpRequest, 'headers'>, isBehindPlatform: boolean): Origin {
  const header = request.headers.get('x-forwarded-for');
  if (header === null) return {};
  const last = header.split(',').at(-1) ?? '';
  const address = isBehindPlatform ? addressIn(last.trim()) : undefined;
  const isAll = address !== undefined && !header.includes(',');
  return {
    ...(address !== undefined && { address }),
    ...(!isAll && { forwarded: show(header) }),
  };
}

/** `203.0.113.7:50123` and `[2001:db8::7]:50123` without their port. */
function addressIn(entry: string): string | undefined {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(entry)?.[1] ?? entry;
  if (isIP(bare) !== 0) return bare;
  const host = /^([\d.]+):\d+$/.exec(bare)?.[1] ?? '';
  return isIP(host) === 4 ? host : undefined;
}
