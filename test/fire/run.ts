/** Episodes on one world, one after the other, as long as there is time. */

import { scaled } from 'stand-in-kit/testing/patience';
import { hash, pick, seededRandom } from '../support/random.ts';
import { companies } from './companies.ts';
import { type Episode, type Place, playEpisode } from './episode.ts';
import { Mischief } from './mischief.ts';
import { Watch } from './watch.ts';
import { Weather } from './weather.ts';
import { startWorld, type World } from './world.ts';
import { Writer } from './writer.ts';

export interface FireOptions {
  seed: number;
  /** No episode begins after this long. */
  budgetMs: number;
  /** No more than so many. */
  episodes?: number;
  /** How long everything goes wrong in an episode; absent: as it comes, up to a minute. */
  badMs?: number;
  killEveryMs?: number;
  /** About how many addresses a company has at first. */
  size?: number;
  /** Gets a line an episode. */
  log(line: string): void;
}

export interface FireSummary {
  seed: number;
  episodes: number;
  seconds: number;
  /** The longest time from the end of everything bad until nothing differed. */
  longestQuietMs: number;
  kills: number;
  /** Harm done to requests, by kind. */
  harms: Record<string, number>;
  mischief: Record<string, number>;
  written: Record<string, number>;
  /** How often the state was asked for, and said that all is there. */
  watched: Record<string, number>;
  differences: string[];
}

const workers = 3;

/** Ends with the first episode after which anything differs: later ones would tell the same. */
export async function runFire(options: FireOptions): Promise<FireSummary> {
  const { seed, budgetMs, episodes = Number.POSITIVE_INFINITY, log } = options;
  const startedAt = performance.now();
  const world = await startWorld(seed, options.size ?? 14);
  const random = (part: string) => seededRandom(hash(`${seed} ${part}`));
  const places = companies.map((followed): Place => {
    const writer = new Writer(
      world.flexibee.company(followed.name),
      random(`write ${followed.name}`),
    );
    const mischief = new Mischief(world, followed, writer, random(`mischief ${followed.name}`));
    return { followed, writer, mischief, watch: new Watch(world, followed, mischief) };
  });
  const played: Episode[] = [];
  try {
    await world.workers.start(workers);
    const weather = new Weather(world.proxy, random('weather'));
    const lengths = random('episodes');
    const isOver = () =>
      played.length >= episodes ||
      performance.now() - startedAt > budgetMs ||
      played.some(({ differences }) => differences.length > 0);
    while (!isOver()) {
      const bad = {
        badMs: options.badMs ?? pick(lengths, [20_000, 35_000, 60_000]),
        killEveryMs: options.killEveryMs ?? 15_000,
        writePauseMs: scaled(pick(lengths, [40, 120, 400])),
        mischiefPauseMs: pick(lengths, [800, 2_000, 4_000]),
        isTold: lengths() < 0.5,
      };
      const episode = await playEpisode(world, weather, places, bad, log);
      played.push(episode);
      log(lineOf(played.length, episode));
    }
    return summaryOf(options.seed, world, places, played, startedAt);
  } finally {
    for (const { mischief } of places) mischief.close();
    if (played.some(({ differences }) => differences.length > 0)) log(world.workers.lastWords());
    await world.close();
  }
}

function lineOf(number: number, { badMs, quietMs, weather, differences }: Episode): string {
  const fronts = Object.entries(count(weather)).map(([name, times]) => `${name} ${times}`);
  const end = differences.length === 0 ? 'nothing differs' : `${differences.length} differences`;
  return `${number}: ${badMs / 1_000} s (${fronts.join(', ')}); ${end} after ${quietMs} ms of quiet`;
}

function summaryOf(
  seed: number,
  world: World,
  places: readonly Place[],
  played: readonly Episode[],
  startedAt: number,
): FireSummary {
  return {
    seed,
    episodes: played.length,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    longestQuietMs: Math.max(0, ...played.map(({ quietMs }) => quietMs)),
    kills: world.workers.kills,
    harms: Object.fromEntries(world.proxy.done),
    mischief: sum(places.map(({ mischief }) => Object.fromEntries(mischief.counts))),
    written: sum(places.map(({ writer }) => writer.counts)),
    watched: sum(places.map(({ watch }) => watch.counts)),
    differences: played.flatMap(({ differences }) => differences),
  };
}

function sum(all: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, value] of all.flatMap((one) => Object.entries(one))) {
    total[name] = (total[name] ?? 0) + value;
  }
  return total;
}

function count(names: readonly string[]): Record<string, number> {
  return sum(names.map((name) => ({ [name]: 1 })));
}
