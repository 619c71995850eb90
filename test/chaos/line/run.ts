/** Many runs wait at five servers, many of them for several, while workers are killed at random. */

import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import { sideBySide } from '../../../shared/async/side-by-side.ts';
import { isFinished, type Run } from '../../../shared/sync/run.ts';
import { between, hash, pick, type Random, seededRandom } from '../../support/random.ts';
import { Fleet } from '../fleet.ts';
import { type Death, type EpisodePlan, planEpisode } from '../plan.ts';
import { startWorld, type World } from '../world.ts';
import { codes, lineCatalog } from './catalog.ts';
import { checkLine } from './checks.ts';
import { type Asked, ask } from './client.ts';
import { watchLine } from './watch.ts';

export interface LineOptions {
  seed: number;
  /** Runs that are asked for. */
  runs: number;
  log(line: string): void;
}

export interface LineSummary {
  /** By how they ended. */
  runs: Record<string, number>;
  /** Runs that stood in line; the others found their servers free. */
  waited: number;
  severalServers: number;
  killed: number;
  calls: number;
  /** The longest that one was first in line and had all its servers free, in milliseconds. */
  longestIdleMs: number;
  seconds: number;
}

const workers = 3;
/** How many ask at a time. */
const asking = 6;
/** From one death to the next; a worker takes two seconds to come back. */
const deathMs = { least: 9_000, most: 20_000 };
/** Leases of the dead run out by themselves: 15 s, and what the keeper renewed just before. */
const leaseMs = 16_000;
/** What one run takes at most on an idle machine, however many there are beside it. */
const eachMs = 3_000;
const leastMs = 120_000;
/** Nobody who is first waits for longer while his servers are free. */
const idleMs = 5_000;

/** @throws Error that names every rule that was broken */
export async function runLine({ seed, runs: count, log }: LineOptions): Promise<LineSummary> {
  const startedAt = performance.now();
  const world = await startWorld(lineCatalog());
  const fleet = new Fleet(world);
  const random = seededRandom(hash(`${seed} line`));
  const over = new AbortController();
  try {
    await fleet.warmUp();
    await fleet.resize(workers);
    fleet.arm(planOfDeaths(seed, random, leastMs + count * eachMs));
    const watching = watchLine(world.state, over.signal);
    const limit = AbortSignal.timeout(scaled(leastMs + count * eachMs));
    const wanted = Array.from({ length: count }, () => someCodes(random));
    const asked = await sideBySide(
      [...wanted.entries()],
      asking,
      ([number, some], signal) => {
        if (number > 0 && number % 50 === 0) log(`${number} asked for`);
        return ask(fleet, some, `line-${seed}-${number}`, signal);
      },
      limit,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${fleet.lastWords()}`, { cause: error });
    });
    log(`${count} asked for, ${fleet.counts.kill} killed`);
    const ended = await allEnded(world, asked, limit, log);
    await fleet.disarm();
    over.abort();
    const longest = await watching;
    const calls = world.sql.calls();
    const broken = checkLine(ended, asked, calls);
    const limitMs = scaled(idleMs);
    if (longest.ms > limitMs) {
      broken.push(`${longest.id} was first, and its servers were free, for ${longest.ms} ms`);
    }
    const left = await world.state.waiting.list(AbortSignal.timeout(30_000));
    if (left.length > 0) broken.push(`${left.length} entries are left`);
    if (broken.length > 0) {
      throw new Error([...broken.slice(0, 50), fleet.lastWords()].join('\n'));
    }
    return {
      runs: countBy(ended.map(({ state }) => state)),
      waited: ended.filter(({ ticket }) => ticket !== undefined).length,
      severalServers: asked.filter((one) => one.codes.length > 1).length,
      killed: fleet.counts.kill,
      calls: calls.length,
      longestIdleMs: Math.round(longest.ms),
      seconds: Math.round((performance.now() - startedAt) / 1000),
    };
  } finally {
    over.abort();
    await fleet.close();
    await world.close();
  }
}

/** Half of them one, the others several. */
function someCodes(random: Random): string[] {
  const left = [...codes];
  const count = random() < 0.5 ? 1 : between(random, 2, codes.length);
  return Array.from(
    { length: count },
    () => left.splice(left.indexOf(pick(random, left)), 1)[0] ?? '',
  );
}

function planOfDeaths(seed: number, random: Random, forMs: number): EpisodePlan {
  const deaths: Death[] = [];
  // Who comes in a dead one's place takes longer on a busy machine, too.
  const slowness = scaled(1_000) / 1_000;
  const pause = () => slowness * between(random, deathMs.least, deathMs.most);
  for (let at = pause(); at < slowness * forMs; at += pause()) {
    deaths.push({
      ...{ how: 'kill', isLong: false, expireAfterMs: leaseMs, thawAfterMs: 0 },
      moment: { afterMs: at, worker: between(random, 0, workers - 1) },
    });
  }
  return { ...planEpisode(seed, 0), deaths, faults: { percent: 0, stallMs: 0 } };
}

/** @throws the reason of `signal` when they have not */
async function allEnded(
  { state }: World,
  asked: readonly Asked[],
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Run[]> {
  for (let turn = 0; ; turn += 1) {
    const { runs } = await state.runs.list({ limit: 5_000 }, signal);
    const open = runs.filter((run) => !isFinished(run));
    if (turn % 10 === 0) log(`${open.length} of ${runs.length} have not ended`);
    if (open.length === 0) {
      const found = await Promise.all(asked.map(({ id }) => state.runs.read(id, signal)));
      return found.flatMap((run) => run?.value ?? []);
    }
    await sleep(1_000, undefined, { signal });
  }
}

function countBy(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]),
  );
}
