/** One episode: everything goes wrong for a while, then nothing does, and nothing may differ. */

import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import type { Gap } from '../../shared/flexibee/gaps.ts';
import type { Followed } from './companies.ts';
import { differences } from './compare.ts';
import type { Mischief } from './mischief.ts';
import { pause } from './pause.ts';
import { changelogOf } from './rows.ts';
import { saysAllIsThere, unseenMs, type Watch } from './watch.ts';
import type { Weather } from './weather.ts';
import type { World } from './world.ts';
import type { Writer } from './writer.ts';

/** One company and those who are at it. */
export interface Place {
  followed: Followed;
  writer: Writer;
  mischief: Mischief;
  watch: Watch;
}

export interface EpisodeOptions {
  badMs: number;
  killEveryMs: number;
  /** Between two of a writer's transactions, and between two of the other things. */
  writePauseMs: number;
  mischiefPauseMs: number;
  /** Nothing happens that the app is not told of. */
  isTold: boolean;
}

export interface Episode {
  badMs: number;
  /** From the end of everything bad until nothing differed. */
  quietMs: number;
  weather: string[];
  differences: string[];
}

/** After so long of quiet nothing may differ, on an idle machine. */
const quietLimitMs = 90_000;
/** As the timer, which comes each minute. */
const pollEveryMs = 1_500;
const frontEveryMs = 6_000;
const lookEveryMs = 1_500;
const operateEveryMs = 7_000;
const tellEveryMs = 20_000;

export async function playEpisode(
  world: World,
  weather: Weather,
  places: readonly Place[],
  options: EpisodeOptions,
  tell: (line: string) => void,
): Promise<Episode> {
  const fronts = await bad(world, weather, places, options);
  const since = performance.now();
  const found = await quiet(world, places, tell);
  return {
    badMs: options.badMs,
    quietMs: Math.round(performance.now() - since),
    weather: fronts,
    differences: [...found, ...places.flatMap(({ watch }) => watch.wrong.splice(0))],
  };
}

async function bad(
  world: World,
  weather: Weather,
  places: readonly Place[],
  { badMs, killEveryMs, writePauseMs, mischiefPauseMs, isTold }: EpisodeOptions,
): Promise<string[]> {
  const end = AbortSignal.timeout(badMs);
  const fronts: string[] = [];
  const turnWeather = async () => {
    while (!end.aborted) {
      for (const { followed } of places) fronts.push(weather.change(followed.name));
      await pause(frontEveryMs, end);
    }
  };
  await Promise.all([
    turnWeather(),
    world.workers.killEvery(killEveryMs, end),
    ...places.flatMap((place) => {
      const { followed, writer, mischief, watch } = place;
      return [
        writer.work(writePauseMs, end),
        mischief.play(mischiefPauseMs, isTold, end),
        watch.look(lookEveryMs, scaled(unseenMs), end),
        pollAgain(world, followed, end),
        operate(world, place, end),
      ];
    }),
  ]);
  weather.clear();
  world.door.decide = () => undefined;
  for (const { mischief } of places) mischief.settle();
  return fronts;
}

async function pollAgain(world: World, { code }: Followed, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await world.poll(code);
    await pause(pollEveryMs, signal);
  }
}

/** Somebody looks after the companies while it burns. */
async function operate(world: World, place: Place, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(operateEveryMs, signal);
    if (!signal.aborted) await see(world, place);
  }
}

/**
 * @param tell gets what is not there yet, now and then
 * @returns what differs still when the time of quiet is over
 */
async function quiet(
  world: World,
  places: readonly Place[],
  tell: (line: string) => void,
): Promise<string[]> {
  const since = performance.now();
  const settled = places.map(async (place) => {
    let told = since;
    let settledAt: number | undefined;
    for (;;) {
      await see(world, place);
      await sleep(pollEveryMs);
      let found = await unsettled(world, place);
      if (found.length === 0) {
        settledAt ??= Date.now();
        found = await unreconciled(world, place, settledAt);
        if (found.length === 0) return [];
      }
      const now = performance.now();
      if (now - since > scaled(quietLimitMs)) return found;
      if (now - told < tellEveryMs) continue;
      told = now;
      tell(`after ${Math.round((now - since) / 1_000)} s: ${found.slice(0, 3).join('\n')}`);
    }
  });
  return (await Promise.all(settled)).flat();
}

/**
 * What the app has found, comparing by itself, where there is nothing to be found. One that was
 * broken off while it burned goes on first, for whoever asks; so it is asked for until one has begun
 * since.
 */
async function unreconciled(
  world: World,
  { followed, watch }: Place,
  since: number,
): Promise<string[]> {
  const said = (await watch.state())?.reconciliation;
  const { last } = said ?? {};
  // Storage's clock, which it goes by, has whole seconds.
  if (last === undefined || Date.parse(last.startedAt) < since - 1_000) {
    await world.ask('POST', `/flexibee/${followed.code}/reconcile`);
    return [`${followed.code} is not reconciled: ${JSON.stringify(said)}`];
  }
  const isClean = last.differences === 0 && Object.keys(last.skipped).length === 0;
  return isClean ? [] : [`${followed.code}: reconciling found ${JSON.stringify(last)}`];
}

/** As an operator does: asks for a poll, and resets a company that says that it is to be reset. */
async function see(world: World, { followed, watch }: Place): Promise<void> {
  const said = await watch.state();
  const isReset = ['versions went back', 'newer generation'].includes(said?.trouble?.kind ?? '');
  const what = isReset && followed.onRegression === 'stop' ? 'reset' : 'poll';
  await world.ask('POST', `/flexibee/${followed.code}/${what}`);
}

/** What the app says is still to be done, or, where it says nothing, what differs. */
async function unsettled(world: World, { followed, watch }: Place): Promise<string[]> {
  const said = await watch.state();
  if (said === undefined) return [`${followed.code}: nobody answers`];
  const tables = Object.entries(said.typed).filter(([, { state }]) => state !== 'ready');
  if (!saysAllIsThere(said) || tables.length > 0) {
    const { state, trouble, version, live, lag, gaps, stale, loads, blocked } = said;
    const about = { state, trouble, version, live, lag, gaps, stale, loads, blocked, tables };
    return [`${followed.code} is not through: ${JSON.stringify(about)}`];
  }
  const cursor = await world.cursor(followed.code);
  const begun = cursor?.next === undefined ? undefined : watch.begunAs(cursor);
  const wrong = gapsThatAreNone(world, followed, cursor?.gaps ?? []);
  return [...(await differences(world, followed, begun)), ...wrong];
}

/** What is said to be missing must not be listed. */
function gapsThatAreNone(world: World, followed: Followed, gaps: readonly Gap[]): string[] {
  const listed = changelogOf(world, followed).map(({ version }) => version);
  return gaps
    .filter(({ known = 0 }) => known === 0)
    .filter(({ from, to }) => listed.some((version) => version >= from && version <= to))
    .map(({ from, to }) => `${followed.code}: the gap from ${from} to ${to} is listed`);
}
