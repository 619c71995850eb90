/** The body of a web hook: a page of changes, of which only the versions are of use. */

import { z } from 'zod';
import { change, nextVersion, operations, version } from './wire.ts';

export interface WebHook {
  globalVersion: number;
  /** Of its changes, in the order of the body. */
  versions: number[];
}

/** What is wrong, and where. */
export interface HookFault {
  path: readonly PropertyKey[];
  message: string;
}

/** A hook that is wrong may be wrong a hundred thousand times. */
const mostFaults = 10;

const frame = z.object({
  winstrom: z.object({
    '@globalVersion': version,
    changes: z.unknown().optional(),
    next: nextVersion,
  }),
});

/** Never throws; at most ten faults are made. */
export function readHook(body: unknown): { hook: WebHook } | { faults: HookFault[] } {
  const parsed = frame.safeParse(body);
  if (!parsed.success) return { faults: parsed.error.issues };
  const { '@globalVersion': globalVersion, changes } = parsed.data.winstrom;
  // FlexiBee writes one of a kind as an object or as an array of one.
  const items: unknown[] = Array.isArray(changes) ? changes : changes == null ? [] : [changes];
  const versions: number[] = [];
  const faults: HookFault[] = [];
  for (const [index, item] of items.entries()) {
    const known = versionOf(item);
    if (known !== undefined) versions.push(known);
    else faults.push(...faultsOf(item, index));
    if (faults.length >= mostFaults) break;
  }
  return faults.length > 0
    ? { faults: faults.slice(0, mostFaults) }
    : { hook: { globalVersion, versions } };
}

/** One item has six members: its schema is asked only where one of them is wrong. */
function faultsOf(item: unknown, index: number): HookFault[] {
  const { error } = change.safeParse(item);
  const place = ['winstrom', 'changes', index];
  return (error?.issues ?? []).map(({ path, message }) => ({ path: [...place, ...path], message }));
}

/** As the schema of a change has it, which costs ten times as much; undefined where it is none. */
function versionOf(item: unknown): number | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const {
    '@evidence': evidence,
    '@in-version': given,
    '@operation': operation,
    '@timestamp': timestamp,
    id,
    'external-ids': externalIds,
  } = item as Record<string, unknown>;
  const isChange =
    typeof evidence === 'string' &&
    evidence !== '' &&
    operations.some((known) => known === operation) &&
    (timestamp == null || typeof timestamp === 'string') &&
    (Number.isSafeInteger(id) || (typeof id === 'string' && /^-?\d+$/.test(id))) &&
    (externalIds == null || areTexts(Array.isArray(externalIds) ? externalIds : [externalIds]));
  if (!isChange) return undefined;
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0
    ? number
    : undefined;
}

function areTexts(items: readonly unknown[]): boolean {
  return items.every((item) => typeof item === 'string');
}
