/** What a blob may hold that nobody of us wrote, for property tests over real storage. */

import type { ContainerClient } from '@azure/storage-blob';
import fc from 'fast-check';

export interface OddBlob {
  body: Buffer;
  metadata: Record<string, string>;
}

const deep = 50_000;
const versions = [0, -1, 1.5, '1', null, true, {}, [1], 1e308];

/** Bodies that no schema should take, or that only look like the document `whole`. */
function oddBodies(whole: object): fc.Arbitrary<Buffer> {
  const text = JSON.stringify(whole);
  const keys = Object.keys(whole);
  const members = fc.tuple(fc.constantFrom(...keys), fc.jsonValue());
  return fc.oneof(
    fc.integer({ min: 0, max: text.length - 1 }).map((end) => Buffer.from(text.slice(0, end))),
    fc.json().map((json) => Buffer.from(json)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    members.map(([key, value]) => Buffer.from(JSON.stringify({ ...whole, [key]: value }))),
    fc.constantFrom(...versions).map((version) => {
      return Buffer.from(JSON.stringify({ ...whole, version }));
    }),
    fc
      .constantFrom(
        ...['', ' ', 'null', '[]', '{}', '"text"', '{"broken":', '{"__proto__": null}'],
        ...['['.repeat(deep), '{"a":'.repeat(deep), `${'['.repeat(deep)}${']'.repeat(deep)}`],
        ...[`\uFEFF${text}`, `${text}${text}`, text.replace('{', '{"__proto__": {"state": "x"},')],
        ...['{"stage": [1, 2, 3]}', '{"generation": 1, "gaps": []}', '{"messages": [null]}'],
      )
      .map((odd) => Buffer.from(odd)),
    fc.nat(text.length - 1).map((at) => {
      const bytes = Buffer.from(text);
      bytes[at] = 0xff;
      return bytes;
    }),
  );
}

const oddMetadata = fc.dictionary(
  fc.constantFrom(
    'state',
    'owner',
    'user',
    'codes',
    'created',
    'ended',
    'done',
    'holder',
    'sealed',
  ),
  fc.constantFrom('', 'x', '%', '%E0%A4%A', '-1', '1e999', 'succeeded', '__proto__', 'toString'),
);

export function oddBlobs(whole: object): fc.Arbitrary<OddBlob> {
  return fc.record({ body: oddBodies(whole), metadata: oddMetadata });
}

/** Documents of a later version than that of `whole`, whatever is in them. */
export function newerBlobs(whole: object & { version?: number }): fc.Arbitrary<OddBlob> {
  const newer = fc
    .tuple(
      fc.integer({ min: (whole.version ?? 1) + 1, max: 1_000_000 }),
      fc.dictionary(fc.string(), fc.jsonValue()),
    )
    .map(([version, others]) => ({ ...whole, ...others, version }));
  return fc.record({
    body: newer.map((document) => Buffer.from(JSON.stringify(document))),
    metadata: fc.constantFrom({}, { state: 'paused' }),
  });
}

export async function put(
  container: ContainerClient,
  name: string,
  { body, metadata }: OddBlob,
): Promise<void> {
  await container.getBlockBlobClient(name).upload(body, body.length, { metadata });
}

/** What a blob holds now; undefined where it is gone. */
export async function contentOf(
  container: ContainerClient,
  name: string,
): Promise<Buffer | undefined> {
  const blob = container.getBlobClient(name);
  return (await blob.exists()) ? await blob.downloadToBuffer() : undefined;
}

/** Whoever held anything has died, and the leases have run out. */
export async function breakLeases(container: ContainerClient, prefix = 'locks/'): Promise<void> {
  for await (const { name, properties } of container.listBlobsFlat({ prefix })) {
    if (properties.leaseState !== 'leased') continue;
    await container.getBlobClient(name).getBlobLeaseClient('x').breakLease(0);
  }
}
