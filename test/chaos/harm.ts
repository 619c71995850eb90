/** Blobs that somebody damages or deletes while runs are under way. */

import type { BlobClient, ContainerClient } from '@azure/storage-blob';
import { isFinished, type Run, runSchema } from '../../shared/sync/run.ts';
import { between, pick, type Random } from '../support/random.ts';
import { type CompanyCode, companyCodes } from './companies.ts';

const targets = ['run', 'durations', 'log'] as const;
/** What follows takes lives of leases. */
const slowTargets = ['sync lock', 'procedure lock'] as const;
const ways = ['cut short', 'no JSON', 'no text', 'deleted'] as const;

export interface Harm {
  what: (typeof targets)[number] | (typeof slowTargets)[number];
  how: (typeof ways)[number];
  /** Whose run it is, or whose servers' lock. */
  request: number;
  /** Counted from the answer to its POST; otherwise from the beginning. */
  answered: boolean;
  afterMs: number;
}

/** Of a company's cursor. */
export interface CursorHarm {
  company: CompanyCode;
  how: Harm['how'];
  afterMs: number;
}

export function planCursorHarms(random: Random): CursorHarm[] {
  return Array.from({ length: random() < 0.5 ? between(random, 1, 2) : 0 }, () => ({
    company: pick(random, companyCodes),
    how: pick(random, ways),
    afterMs: between(random, 50, 2_500),
  }));
}

/** @returns whether there was one to harm */
export async function harmCursor(
  container: ContainerClient,
  { company, how }: CursorHarm,
): Promise<boolean> {
  const blob = container.getBlockBlobClient(`flexibee/${company}.json`);
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      const before = await blob.downloadToBuffer();
      await breakLease(blob);
      if (how === 'deleted') await blob.delete();
      else {
        const body = damaged(before, how);
        await blob.upload(body, body.length);
      }
      return true;
    } catch (error) {
      unlessMissed(error);
    }
  }
  return false;
}

/** Storage gives nobody what is leased: whoever does such a thing breaks the lease first. */
async function breakLease(blob: BlobClient): Promise<void> {
  await blob.getBlobLeaseClient('x').breakLease(0).catch(unlessMissed);
}

/** What was there before: the record of what had happened until then. */
export interface Harmed {
  harm: Harm;
  name: string;
  /** Of a run's document. */
  run?: Run;
  /** What is there instead; absent where it was deleted. */
  body?: Buffer;
}

export function planHarm(random: Random, requests: number, isHarsh: boolean): Harm {
  const afterMs = between(random, 50, 2_500);
  return {
    what: pick(random, isHarsh ? [...targets, ...slowTargets] : targets),
    how: pick(random, ways),
    request: between(random, 0, requests - 1),
    answered: random() < 0.75,
    afterMs,
  };
}

/** @param ids of the runs that were asked for by the one whom it concerns */
export async function harmBlobs(
  container: ContainerClient,
  harm: Harm,
  ids: readonly string[],
): Promise<Harmed[]> {
  if (harm.what === 'durations') return await harmBlob(container, harm, 'state/durations.json');
  const harmed: Harmed[] = [];
  for (const id of ids) {
    if (harm.what === 'run') harmed.push(...(await harmBlob(container, harm, `runs/${id}.json`)));
    else if (harm.what === 'log') {
      for await (const { name } of container.listBlobsFlat({ prefix: `logs/${id}/` })) {
        harmed.push(...(await harmBlob(container, harm, name)));
      }
    } else harmed.push(...(await harmLocks(container, harm, id)));
  }
  return harmed;
}

/** Of whatever the run has claimed. */
async function harmLocks(container: ContainerClient, harm: Harm, id: string): Promise<Harmed[]> {
  const run = await runIn(container, id);
  if (run === undefined || isFinished(run)) return [];
  const kind = harm.what === 'sync lock' ? 'sync' : 'procedure';
  const lock = run.locks[harm.afterMs % run.locks.length];
  if (lock === undefined) return [];
  const name = `locks/${kind}/${lock.server}`;
  const blob = container.getBlockBlobClient(name);
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      await breakLease(blob);
      if (harm.how === 'deleted') await blob.delete();
      else await blob.setMetadata({ owner: 'x' });
      return [{ harm, name }];
    } catch (error) {
      unlessMissed(error);
    }
  }
  return [];
}

async function runIn(container: ContainerClient, id: string): Promise<Run | undefined> {
  const blob = container.getBlobClient(`runs/${id}.json`);
  const bytes = await blob.downloadToBuffer().catch(unlessMissed);
  return bytes && runSchema.safeParse(jsonOf(bytes)).data;
}

/** What was read is what is harmed: nothing comes in between. */
async function harmBlob(container: ContainerClient, harm: Harm, name: string): Promise<Harmed[]> {
  const blob = container.getBlockBlobClient(name);
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      const { etag: ifMatch = '', metadata = {} } = await blob.getProperties();
      const conditions = { ifMatch };
      const before = await blob.downloadToBuffer(0, undefined, { conditions });
      const run = harm.what === 'run' ? runSchema.safeParse(jsonOf(before)).data : undefined;
      if (harm.what === 'run' && (run === undefined || isFinished(run))) return [];
      const rest = { harm, name, ...(run && { run }) };
      if (harm.how === 'deleted') {
        await blob.delete({ conditions });
        return [rest];
      }
      const body = damaged(before, harm.how);
      const kept = harm.how === 'cut short' ? { metadata } : {};
      await blob.upload(body, body.length, { conditions, ...kept });
      return [{ ...rest, body }];
    } catch (error) {
      unlessMissed(error);
    }
  }
  return [];
}

function damaged(before: Buffer, how: Harm['how']): Buffer {
  if (how === 'cut short') return before.subarray(0, before.length >> 1);
  return how === 'no JSON' ? Buffer.from('{"broken":') : Buffer.from([0xff, 0xfe, 0]);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Gone, written or leased meanwhile. */
function unlessMissed(error: unknown): undefined {
  const { statusCode } = error as { statusCode?: number };
  if (![404, 409, 412].includes(statusCode ?? 0)) throw error;
}
