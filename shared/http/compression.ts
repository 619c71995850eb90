/** Answers made smaller for clients that take them so: RFC 9110, 12.5.3. */

import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Bytes: what is smaller fits a packet as it is. */
export const worthBytes = 1_024;

const zipped = promisify(gzip);

/** Off the event loop, in a thread of libuv's pool. */
export function compressed(body: string): Promise<Buffer> {
  return zipped(body);
}

/** Whether the client takes gzip. One that does not say would take it, too, and may not expect it. */
export function acceptsGzip(acceptEncoding: string | null): boolean {
  const qualities = new Map(
    (acceptEncoding ?? '')
      .toLowerCase()
      .split(',')
      .map((text) => {
        const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
        const weight = parameters.find((part) => part.startsWith('q='))?.slice(2) ?? '1';
        return [name, /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0];
      }),
  );
  return (qualities.get('gzip') ?? qualities.get('*') ?? 0) > 0;
}
