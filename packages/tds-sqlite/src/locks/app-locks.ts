/**
 * sp_getapplock: locks on names. First come, first served; an owner may take one again and must
 * then give it back as often.
 */

import type { WaitGraph } from './wait-graph.ts';
import { type Waiting, wait } from './waiting.ts';
import type { LockOwner } from './write-lock.ts';

export const lockModes = [
  'Shared',
  'Update',
  'IntentShared',
  'IntentExclusive',
  'Exclusive',
] as const;
export type LockMode = (typeof lockModes)[number];

/** Docs: Lock compatibility. */
const compatible: Record<LockMode, readonly LockMode[]> = {
  IntentShared: ['IntentShared', 'Shared', 'Update', 'IntentExclusive'],
  Shared: ['IntentShared', 'Shared', 'Update'],
  Update: ['IntentShared', 'Shared'],
  IntentExclusive: ['IntentShared', 'IntentExclusive'],
  Exclusive: [],
};

/** Return codes of sp_getapplock. */
export const granted = 0;
export const grantedAfterWait = 1;
export const timedOut = -1;
export const deadlockVictim = -3;
export const invalidCall = -999;

/** `transaction`: released at its end. */
export type OwnerKind = 'Session' | 'Transaction';

interface Held {
  session: LockOwner;
  kind: OwnerKind;
  modes: LockMode[];
}

interface Waiter {
  session: LockOwner;
  kind: OwnerKind;
  mode: LockMode;
  waiting: Waiting;
}

interface Resource {
  held: Held[];
  queue: Waiter[];
}

export class AppLocks {
  readonly #graph: WaitGraph;
  readonly #resources = new Map<string, Resource>();

  constructor(graph: WaitGraph) {
    this.#graph = graph;
  }

  /** @param timeout ms; negative waits for ever. Rejects only with the signal's reason. */
  async get(
    name: string,
    session: LockOwner,
    kind: OwnerKind,
    mode: LockMode,
    timeout: number,
    signal: AbortSignal,
  ): Promise<number> {
    let resource = this.#resources.get(name);
    if (!resource) {
      resource = { held: [], queue: [] };
      this.#resources.set(name, resource);
    }
    const blockers = () => this.#blockers(resource, session, mode);
    if (blockers().length === 0) {
      this.#take(resource, session, kind, mode);
      return granted;
    }
    if (timeout === 0) return timedOut;
    if (this.#graph.closesCircle(session, blockers())) return deadlockVictim;
    const waiter: Waiter = { session, kind, mode, waiting: wait(timeout, signal) };
    resource.queue.push(waiter);
    this.#graph.waiting(session, blockers);
    try {
      const end = await waiter.waiting.promise;
      return end === 'granted' ? grantedAfterWait : timedOut;
    } catch (error) {
      if (!resource.queue.includes(waiter)) this.#drop(name, resource, session, kind, mode);
      throw error;
    } finally {
      this.#graph.done(session);
      const place = resource.queue.indexOf(waiter);
      if (place !== -1) {
        resource.queue.splice(place, 1);
        this.#serve(name, resource);
      }
    }
  }

  /** False when it is not held. */
  release(name: string, session: LockOwner, kind: OwnerKind): boolean {
    const resource = this.#resources.get(name);
    const held = resource?.held.find((entry) => entry.session === session && entry.kind === kind);
    if (!resource || !held) return false;
    held.modes.pop();
    if (held.modes.length === 0) resource.held.splice(resource.held.indexOf(held), 1);
    this.#serve(name, resource);
    return true;
  }

  /** At the end of a session (both kinds) or of its transaction. */
  releaseAll(session: LockOwner, kinds: readonly OwnerKind[] = ['Session', 'Transaction']): void {
    for (const [name, resource] of this.#resources) {
      const kept = resource.held.filter(
        (entry) => entry.session !== session || !kinds.includes(entry.kind),
      );
      if (kept.length === resource.held.length) continue;
      resource.held = kept;
      this.#serve(name, resource);
    }
  }

  /** Of every lock: who holds it, and who waits for it. */
  list(): { name: string; spid: number; kind: OwnerKind; mode: LockMode; isGranted: boolean }[] {
    return [...this.#resources].flatMap(([name, { held, queue }]) => [
      ...held.flatMap(({ session, kind, modes }) => {
        const mode = modes.includes('Exclusive') ? 'Exclusive' : modes.at(-1);
        return mode ? [{ name, spid: session.spid, kind, mode, isGranted: true }] : [];
      }),
      ...queue.map(({ session, kind, mode }) => ({
        ...{ name, spid: session.spid, kind, mode, isGranted: false },
      })),
    ]);
  }

  mode(name: string, session: LockOwner, kind: OwnerKind): LockMode | 'NoLock' {
    const held = this.#resources
      .get(name)
      ?.held.find((entry) => entry.session === session && entry.kind === kind);
    return held?.modes.includes('Exclusive') ? 'Exclusive' : (held?.modes.at(-1) ?? 'NoLock');
  }

  /** Could it be taken now, without waiting? */
  test(name: string, session: LockOwner, mode: LockMode): boolean {
    const resource = this.#resources.get(name);
    return !resource || this.#blockers(resource, session, mode).length === 0;
  }

  /** Sessions to wait for: holders of what doesn't go along, and whoever came before. */
  #blockers(resource: Resource, session: LockOwner, mode: LockMode): LockOwner[] {
    const holders = resource.held
      .filter(
        (entry) =>
          entry.session !== session && entry.modes.some((held) => !compatible[held].includes(mode)),
      )
      .map((entry) => entry.session);
    // Whoever holds it already goes before those who wait for it, or both would wait for ever.
    if (resource.held.some((entry) => entry.session === session)) return holders;
    const place = resource.queue.findIndex((entry) => entry.session === session);
    const ahead = place === -1 ? resource.queue : resource.queue.slice(0, place);
    return [...holders, ...ahead.map((entry) => entry.session)];
  }

  #take(resource: Resource, session: LockOwner, kind: OwnerKind, mode: LockMode): void {
    const held = resource.held.find((entry) => entry.session === session && entry.kind === kind);
    if (held) held.modes.push(mode);
    else resource.held.push({ session, kind, modes: [mode] });
  }

  #drop(
    name: string,
    resource: Resource,
    session: LockOwner,
    kind: OwnerKind,
    mode: LockMode,
  ): void {
    const held = resource.held.find((entry) => entry.session === session && entry.kind === kind);
    const place = held?.modes.lastIndexOf(mode) ?? -1;
    if (held && place !== -1) held.modes.splice(place, 1);
    if (held?.modes.length === 0) resource.held.splice(resource.held.indexOf(held), 1);
    this.#serve(name, resource);
  }

  #serve(name: string, resource: Resource): void {
    for (const waiter of [...resource.queue]) {
      if (this.#blockers(resource, waiter.session, waiter.mode).length > 0) continue;
      resource.queue.splice(resource.queue.indexOf(waiter), 1);
      this.#take(resource, waiter.session, waiter.kind, waiter.mode);
      waiter.waiting.grant();
    }
    if (resource.held.length === 0 && resource.queue.length === 0) this.#resources.delete(name);
  }
}
