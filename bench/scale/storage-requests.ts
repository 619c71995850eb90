/** Requests to storage by how they are paid for, and by whose they are. */

/** USD for 10,000, hot LRS (2026-08); a queue's of any kind. */
export const prices = { write: 0.05, other: 0.004, queue: 0.004 } as const;
export type Kind = keyof typeof prices;

export interface StorageRequest {
  method: string;
  /** After the account, with its query. */
  path: string;
}

/**
 * Writes, and lists of containers, are dear; leases, reads, deletions and metadata that are read are
 * not (Azure Blob Storage pricing, footnotes). What a queue is asked costs one price.
 */
export function kindOf({ method, path }: StorageRequest): Kind {
  if (/\/messages|[?&]comp=queues/.test(path) || isQueue(path)) return 'queue';
  const query = path.split('?')[1] ?? '';
  if (/comp=list\b/.test(query)) return 'write';
  if (method !== 'PUT' || /comp=lease\b/.test(query)) return 'other';
  return 'write';
}

const isQueue = (path: string) => /^\/syncboard-[a-z-]+(\?|$)/.test(path);

/** Whose: the companies' polls, their queue, other queues, the host's own, or what the clock does. */
export function ownerOf({ path }: StorageRequest): string {
  if (/^\/syncboard-companies\b/.test(path)) return 'queue of companies';
  if (/^\/syncboard-/.test(path)) return 'other queues';
  if (/^\/azure-webjobs/.test(path)) return 'host';
  if (/^\/syncboard\/(flexibee|after|hook)/.test(path)) return 'polls';
  return 'clock and the rest';
}

/** USD for requests by kind. */
export function costOf(counts: Readonly<Partial<Record<Kind, number>>>): number {
  return (Object.keys(prices) as Kind[]).reduce(
    (sum, kind) => sum + ((counts[kind] ?? 0) * prices[kind]) / 10_000,
    0,
  );
}
