/** Many episodes on one world, one after the other. */

import { type EpisodeResult, playEpisode } from './episode.ts';
import { Fleet } from './fleet.ts';
import { planEpisode } from './plan.ts';
import type { Work } from './unruly.ts';
import { startWorld } from './world.ts';

export interface ChaosOptions {
  seed: number;
  /** Number of the first episode; an episode's plan depends on the seed and its number alone. */
  first?: number;
  episodes: number;
  /** Also what takes lives of leases: `planEpisode`. */
  isHarsh?: boolean;
  /** No episode but the first begins after this long. */
  budgetMs?: number;
  /** Gets a line an episode. */
  log(line: string): void;
}

export interface ChaosSummary {
  episodes: number;
  /** By how they ended; and how many of them had a worker die beside them. */
  runs: Record<string, number>;
  runsWithDeaths: number;
  /** POSTs that got something else than 202, by what they got. */
  answers: Record<string, number>;
  calls: number;
  repeated: number;
  /** Blobs that were damaged or deleted, by kind. */
  harmed: Record<string, number>;
  /** Records of companies that were written or deleted. */
  records: Record<string, number>;
  /** Episodes in which the catalogue changed, by how. */
  catalogs: Record<string, number>;
  workers: Fleet['counts'];
  seconds: number;
}

/** @throws Error of the first episode that broke a rule, with its plan, documents and calls */
export async function runChaos(options: ChaosOptions): Promise<ChaosSummary> {
  const {
    seed,
    first = 0,
    episodes,
    isHarsh = false,
    budgetMs = Number.POSITIVE_INFINITY,
    log,
  } = options;
  const startedAt = performance.now();
  const world = await startWorld();
  const fleet = new Fleet(world);
  const results: EpisodeResult[] = [];
  const catalogs: string[] = [];
  try {
    await fleet.warmUp();
    for (let number = first; number < first + episodes; number += 1) {
      const since = performance.now();
      if (results.length > 0 && since - startedAt > budgetMs) break;
      const plan = planEpisode(seed, number, isHarsh);
      if (plan.catalog !== undefined) catalogs.push(plan.catalog.change);
      const result = await playEpisode(world, fleet, plan);
      results.push(result);
      const states = result.runs.map(({ codes, state }) => `${codes.join('+')} ${state}`);
      const ms = Math.round(performance.now() - since);
      log(
        `${number}: ${states.join(', ')}; ${result.calls} calls, ${result.repeated} again, ${ms} ms`,
      );
    }
    await fleet.resize(0);
    // Every session has ended: what was only in a transaction that never ended is gone now.
    checkLast(results, await world.unruly.work());
  } finally {
    await fleet.close();
    await world.close();
  }
  const runs = results.flatMap((result) => result.runs.map(({ state }) => state));
  return {
    episodes: results.length,
    runs: count(runs),
    runsWithDeaths: results.reduce((sum, one) => sum + (one.deaths > 0 ? one.runs.length : 0), 0),
    answers: count(results.flatMap(({ answers }) => answers)),
    calls: results.reduce((sum, { calls }) => sum + calls, 0),
    repeated: results.reduce((sum, { repeated }) => sum + repeated, 0),
    harmed: count(results.flatMap((result) => result.harmed)),
    records: count(results.flatMap(({ records }) => records)),
    catalogs: count(catalogs),
    workers: fleet.counts,
    seconds: Math.round((performance.now() - startedAt) / 1000),
  };
}

/** What was there at the end of each episode is there at the end, and nothing else. */
function checkLast(results: readonly EpisodeResult[], work: readonly Work[]): void {
  const text = (all: readonly Work[]) => all.map((one) => JSON.stringify(one)).sort();
  const before = new Set(text(results.flatMap((result) => result.work)));
  const now = new Set(text(work));
  const broken = [
    ...[...before].filter((one) => !now.has(one)).map((one) => `gone since its run ended: ${one}`),
    ...[...now].filter((one) => !before.has(one)).map((one) => `come since its run ended: ${one}`),
  ];
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

function count(names: readonly string[]): Record<string, number> {
  const groups = Map.groupBy(names, (name) => name);
  return Object.fromEntries([...groups].map(([name, all]) => [name, all.length]));
}
