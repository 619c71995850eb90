/**
 * Named locks on blob leases: one holder per name, proved by the lease id in every call.
 *
 * States of a lock: free → held (acquire) → held by another id (change) → free (release, or the
 * lease runs out). The blob's metadata may name an owner that outlives the lease: a run that is
 * to be resumed by another worker. Nothing here waits: callers decide how to.
 *
 * Facts these rest on (seen in Azurite and Azure): acquiring again with the same id succeeds;
 * renewing an expired lease succeeds while nobody else has acquired; everything else is 409 or 412.
 */

import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob';
import { storageCall } from '../storage/storage-call.ts';
import { hasStatus } from '../storage/storage-error.ts';

export interface LockState {
  name: string;
  /** True while somebody's lease runs. */
  held: boolean;
  /** Who was entered as owner last, if anybody. */
  owner?: string;
}

/** Lease calls of one container; `seconds` is how long a lease lives without renewal (15 to 60). */
export class Leases {
  readonly #container: ContainerClient;
  readonly #seconds: number;

  constructor(container: ContainerClient, seconds: number) {
    this.#container = container;
    this.#seconds = seconds;
  }

  /** How long a lease lives without renewal, in milliseconds. */
  get lifeMs(): number {
    return this.#seconds * 1000;
  }

  /**
   * @param name blob name below `locks/`: `sync/dcdb`
   * @param leaseId GUID of the holder that asks
   * @returns true when `leaseId` holds the lock now, false when another id does
   */
  async acquire(name: string, leaseId: string, signal: AbortSignal): Promise<boolean> {
    const blob = this.#blob(name);
    const acquire = () =>
      unlessHeld(
        storageCall(
          `acquire ${blob.name}`,
          (abortSignal) =>
            blob.getBlobLeaseClient(leaseId).acquireLease(this.#seconds, { abortSignal }),
          signal,
        ),
      );
    try {
      const acquired = await createdFirst(acquire, () => createIfMissing(blob, '', signal));
      return acquired !== undefined;
    } catch (error) {
      // Storage may have granted it, and only the answer was lost or not waited for.
      await this.letGo(name, leaseId);
      throw error;
    }
  }

  /**
   * Passes the lock from one holder to another, for a whole life: the change by itself leaves what
   * is left of the old one.
   *
   * @returns false when `from` is not its holder (any more), or its life ended meanwhile
   */
  async change(name: string, from: string, to: string, signal: AbortSignal): Promise<boolean> {
    const blob = this.#blob(name);
    const isOurs = await this.#held(`change ${blob.name}`, signal, (abortSignal) =>
      blob.getBlobLeaseClient(from).changeLease(to, { abortSignal }),
    );
    return isOurs && (await this.renew(name, to, signal));
  }

  /** Begins a new life; false when another holder has the lock. */
  renew(name: string, leaseId: string, signal: AbortSignal): Promise<boolean> {
    const blob = this.#blob(name);
    return this.#held(`renew ${blob.name}`, signal, (abortSignal) =>
      blob.getBlobLeaseClient(leaseId).renewLease({ abortSignal }),
    );
  }

  /**
   * Makes one try to renew: the keeper has its own rule for retries.
   *
   * @returns false when another holder has the lock
   * @throws the SDK's error when storage did not answer
   */
  async renewOnce(name: string, leaseId: string, signal: AbortSignal): Promise<boolean> {
    const lease = this.#blob(name).getBlobLeaseClient(leaseId);
    return (await unlessLost(lease.renewLease({ abortSignal: signal }))) !== undefined;
  }

  /** Gives the lock up; silently when it is not ours any more. */
  async release(name: string, leaseId: string, signal: AbortSignal): Promise<void> {
    const blob = this.#blob(name);
    await this.#held(`release ${blob.name}`, signal, (abortSignal) =>
      blob.getBlobLeaseClient(leaseId).releaseLease({ abortSignal }),
    );
  }

  /** Gives the lock up as far as possible. Never throws: a lease that is not released runs out. */
  async letGo(name: string, leaseId: string): Promise<void> {
    await this.release(name, leaseId, AbortSignal.timeout(letGoMs)).catch(() => {});
  }

  /** The state of one lock; a lock never taken is free. */
  async state(name: string, signal: AbortSignal): Promise<LockState> {
    const blob = this.#blob(name);
    try {
      const properties = await storageCall(
        `state of ${blob.name}`,
        (abortSignal) => blob.getProperties({ abortSignal }),
        signal,
      );
      return lockState(name, properties.leaseState, properties.metadata);
    } catch (error) {
      if (hasStatus(error, 404)) return { name, held: false };
      throw error;
    }
  }

  /** Enters the owner; only the holder can. False when `leaseId` does not hold the lock. */
  setOwner(
    name: string,
    leaseId: string,
    owner: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const blob = this.#blob(name);
    return this.#held(`owner of ${blob.name}`, signal, (abortSignal) =>
      blob.setMetadata(owner === undefined ? {} : { owner }, {
        conditions: { leaseId },
        abortSignal,
      }),
    );
  }

  /** Every lock ever taken whose name starts with `prefix` (`sync/`): a handful, one call. */
  async list(prefix: string, signal: AbortSignal): Promise<LockState[]> {
    return await storageCall(
      `list ${locksPrefix}${prefix}`,
      async (abortSignal) => {
        const states: LockState[] = [];
        for await (const item of this.#container.listBlobsFlat({
          prefix: `${locksPrefix}${prefix}`,
          includeMetadata: true,
          abortSignal,
        })) {
          const name = item.name.slice(locksPrefix.length);
          states.push(lockState(name, item.properties.leaseState, item.metadata));
        }
        return states;
      },
      signal,
    );
  }

  #blob(name: string): BlockBlobClient {
    return this.#container.getBlockBlobClient(`${locksPrefix}${name}`);
  }

  async #held(
    what: string,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<boolean> {
    return (await unlessLost(storageCall(what, call, signal))) !== undefined;
  }
}

const locksPrefix = 'locks/';

/** Letting go may fail, and then costs others a wait: it is not worth more of ours than this. */
const letGoMs = 5_000;

/** Calls again after `create` where the blob was missing. */
export async function createdFirst<T>(
  call: () => Promise<T>,
  create: () => Promise<void>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
  }
  await create();
  return await call();
}

/** Creates a blob for its lease to be taken; as good when somebody else has created it. */
export async function createIfMissing(
  blob: BlockBlobClient,
  body: string,
  signal: AbortSignal,
): Promise<void> {
  const options = { conditions: { ifNoneMatch: '*' } };
  try {
    await storageCall(
      `create ${blob.name}`,
      (abortSignal) => blob.upload(body, body.length, { ...options, abortSignal }),
      signal,
    );
  } catch (error) {
    // Another worker created it first (409, or 412 when it is leased already).
    if (!hasStatus(error, 409) && !hasStatus(error, 412)) throw error;
  }
}

/** 409: another lease is there, or none; 412: the lease id in a condition does not match. */
function isNotHolder(error: unknown): boolean {
  return hasStatus(error, 409) || hasStatus(error, 412);
}

/** The answer of a call that asks for a lease; undefined when another holder has it. */
export async function unlessHeld<R>(call: Promise<R>): Promise<R | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isNotHolder(error)) return undefined;
    throw error;
  }
}

/** The answer of a call under a lease; undefined when it is not ours, or its blob is gone. */
export async function unlessLost<R>(call: Promise<R>): Promise<R | undefined> {
  try {
    return await unlessHeld(call);
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

function lockState(
  name: string,
  leaseState: string | undefined,
  metadata: Record<string, string> | undefined,
): LockState {
  const held = leaseState === 'leased' || leaseState === 'breaking';
  const owner = metadata?.['owner'];
  return owner === undefined ? { name, held } : { name, held, owner };
}
