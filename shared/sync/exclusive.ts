/**
 * Names that stages of any server share: of all stages that hold one, at most one runs anywhere.
 *
 * The lock `exclusive/<name>` has a lease, which says that somebody is alive, and as its owner the
 * run and database of whoever has it until he has given it back. An owner that is found there has
 * died or lost the lease: his session may still run. It holds an application lock of the same name
 * for as long as it lives (`StageRunner.open`), so whoever comes next waits for that one first.
 *
 * Names are taken before a place at a server, in their order: whoever has a place waits for none.
 */

import { randomUUID } from 'node:crypto';
import { pause } from '../async/retry.ts';
import { type Keeper, keepLease, LeaseLostError } from '../lock/keeper.ts';
import type { Leases } from '../lock/leases.ts';
import type { Stage, StageWait } from './run.ts';
import type { StageRunner } from './stage-runner.ts';

/** Nobody is told that a name is free: whoever waits looks as often. */
const pollMs = { least: 50, most: 500 };

/** Whoever has given back a name leaves it alone for so long: all who wait look meanwhile. */
export const leaveMs = pollMs.most + 100;

export const exclusiveLock = (name: string) => `exclusive/${name}`;

export interface HeldName {
  name: string;
  id: string;
  keeper: Keeper;
}

export interface ExclusiveContext {
  leases: Leases;
  runner: Pick<StageRunner, 'untilGone'>;
  runId: string;
  /** Told when it begins to wait, and when it waits for somebody else. */
  onWait(wait: StageWait): void;
}

/** Takes all names of a stage. @throws storage's errors, or the signal's reason: then it has none */
export async function takeNames(
  context: ExclusiveContext,
  { exclusive = [], ...place }: Pick<Stage, 'exclusive' | 'database' | 'location'>,
  signal: AbortSignal,
): Promise<HeldName[]> {
  const held: HeldName[] = [];
  try {
    for (const name of exclusive) held.push(await takeName(context, name, place, signal));
    return held;
  } catch (error) {
    await giveBackNames(context.leases, held, 'unused');
    throw error;
  }
}

async function takeName(
  { leases, runner, runId, onWait }: ExclusiveContext,
  name: string,
  place: Place,
  signal: AbortSignal,
): Promise<HeldName> {
  const lock = exclusiveLock(name);
  const id = randomUUID();
  const told = (owner: string | undefined) => {
    const run = ownerIn(owner)?.run;
    onWait({ exclusive: name, ...(run !== undefined && { run }) });
  };
  let askedAt = performance.now();
  for (let waitMs = pollMs.least; !(await leases.acquire(lock, id, signal)); ) {
    told((await leases.state(lock, signal)).owner);
    await pause(waitMs, signal);
    waitMs = Math.min(waitMs * 2, pollMs.most);
    askedAt = performance.now();
  }
  const held = { name, id, keeper: keepLease(leases, lock, id, askedAt) };
  try {
    const { owner } = await leases.state(lock, signal);
    const left = ownerIn(owner);
    if (left !== undefined) {
      told(owner);
      // Before he is forgotten: whoever follows one that dies here must wait for him, too.
      const until = AbortSignal.any([signal, held.keeper.lost]);
      await runner.untilGone?.(name, left.place, until);
    }
    const own = ownerOf(runId, place);
    if (!(await leases.setOwner(lock, id, own, signal))) throw taken(lock);
    return held;
  } catch (error) {
    await giveBackNames(leases, [held], 'unused');
    throw error;
  }
}

/**
 * That they are still held, now that a session holds their application locks: from here on whoever
 * takes one after us finds us.
 *
 * @throws LeaseLostError
 */
export async function confirmNames(
  leases: Leases,
  held: readonly HeldName[],
  signal: AbortSignal,
): Promise<void> {
  for (const { name, id } of held) {
    const lock = exclusiveLock(name);
    if (!(await leases.renew(lock, id, signal))) throw taken(lock);
  }
}

/**
 * Never throws: what is not given back runs out.
 *
 * @param how `done`: nothing of ours is at work any more. `unused`: it was not, and an owner that
 *   was found stays. `lingers`: nobody knows; whoever comes next looks
 */
export async function giveBackNames(
  leases: Leases,
  held: readonly HeldName[],
  how: 'done' | 'unused' | 'lingers',
): Promise<void> {
  await Promise.all(
    held.map(async ({ name, id, keeper }) => {
      const lock = exclusiveLock(name);
      await keeper.stop();
      if (how === 'done') {
        const soon = AbortSignal.timeout(disownMs);
        await leases.setOwner(lock, id, undefined, soon).catch(() => {});
      }
      await leases.letGo(lock, id);
    }),
  );
}

/** Left behind it costs the next one a look at our database. */
const disownMs = 5_000;

type Place = Pick<Stage, 'database' | 'location'>;

/** Metadata travel in HTTP headers: ASCII only. */
function ownerOf(run: string, { database, location = '' }: Place): string {
  return `${run}/${database}/${encodeURIComponent(location)}`;
}

/** undefined for what nobody of ours wrote. */
function ownerIn(owner = ''): { run: string; place: Place } | undefined {
  const [run = '', database = '', encoded = ''] = owner.split('/');
  if (run === '' || database === '') return undefined;
  try {
    const location = decodeURIComponent(encoded);
    return { run, place: { database, ...(location !== '' && { location }) } };
  } catch {
    return undefined;
  }
}

/** Who has each of these names, for looking: nothing is taken. */
export async function holdersOfNames(
  leases: Leases,
  names: readonly string[],
  signal: AbortSignal,
): Promise<{ name: string; isFree: boolean; run?: string }[]> {
  return await Promise.all(
    names.map(async (name) => {
      const { held, owner } = await leases.state(exclusiveLock(name), signal);
      const run = held ? ownerIn(owner)?.run : undefined;
      return { name, isFree: !held, ...(run !== undefined && { run }) };
    }),
  );
}

function taken(lock: string): LeaseLostError {
  return new LeaseLostError(lock, 'another holder has it');
}
