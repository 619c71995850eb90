/** Answers made smaller for clients that take them so: RFC 9110, 12.5.3. */

import { once } from 'node:events';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';

export type Coding = 'br' | 'gzip';

/** Bytes: what is smaller fits a packet as it is. */
export const worthBytes = 1_024;

/** Rows to an eighth, at 200 MB a second of one processor; more effort makes them little smaller. */
const streamedGzip = { level: 3 } as const;
const streamedBrotli = {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 1,
    // 512 KB of what came before; the usual 4 MB would be kept by each answer under way.
    [constants.BROTLI_PARAM_LGWIN]: 19,
  },
} as const;
/** The usual 11 is for what is compressed once and read often. */
const wholeBrotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } } as const;

const zipped = promisify(gzip);
const brotli = promisify(brotliCompress);

const ways = {
  br: {
    whole: (body: string) => brotli(body, wholeBrotli),
    stream: () => createBrotliCompress(streamedBrotli),
    flush: constants.BROTLI_OPERATION_FLUSH,
  },
  gzip: {
    whole: (body: string) => zipped(body),
    stream: () => createGzip(streamedGzip),
    flush: constants.Z_SYNC_FLUSH,
  },
} as const;

/** Off the event loop, in a thread of libuv's pool. */
export function compressed(body: string, coding: Coding): Promise<Buffer> {
  return ways[coding].whole(body);
}

/**
 * Pieces compressed while they come. What came of each leaves before the next one does, so that
 * first rows are early; the next one is made meanwhile.
 *
 * @throws what `pieces` does
 */
export async function* compressedPieces(
  pieces: AsyncGenerator<Uint8Array, void, undefined>,
  coding: Coding,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { stream, flush } = ways[coding];
  const packer = stream();
  const packed: Buffer[] = [];
  packer.on('data', (part: Buffer) => packed.push(part));
  const take = () => Buffer.concat(packed.splice(0));
  const next = () => {
    const coming = pieces.next();
    coming.catch(() => {});
    return coming;
  };
  try {
    let coming = next();
    for (;;) {
      const { done, value } = await coming;
      if (done) break;
      const flushed = Promise.withResolvers<void>();
      packer.write(value);
      packer.flush(flush, () => flushed.resolve());
      coming = next();
      await flushed.promise;
      yield take();
    }
    const ended = once(packer, 'end');
    packer.end();
    await ended;
    yield take();
  } finally {
    packer.destroy();
    await pieces.return();
  }
}

const quality = /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/;

/**
 * The coding that the client likes best; undefined where it takes neither. One that does not say
 * would take it, too, and may not expect it.
 */
export function codingFor(acceptEncoding: string | null): Coding | undefined {
  const qualities = new Map(
    (acceptEncoding ?? '')
      .toLowerCase()
      .split(',')
      .map((text) => {
        const [name = '', ...parameters] = text.split(';').map((part) => part.trim());
        const weight = parameters.find((part) => part.startsWith('q='))?.slice(2) ?? '1';
        return [name, quality.test(weight) ? Number(weight) : 0];
      }),
  );
  const of = (coding: Coding) => qualities.get(coding) ?? qualities.get('*') ?? 0;
  const best = of('gzip') > of('br') ? 'gzip' : 'br';
  return of(best) > 0 ? best : undefined;
}
