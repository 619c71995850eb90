/**
 * Instances of Flex Consumption that poll companies, minute after minute: what the scale controller
 * starts, how deep the queue is, when each company is polled, how many seconds are paid for.
 *
 * Of the platform is assumed, since it is documented only roughly: every ten seconds it wants an
 * instance for each eight messages (target-based scaling by `batchSize`), three seconds later there
 * are as many, and what has done nothing for thirty seconds goes. Of a worker is known that it takes
 * twelve messages at once and looks every two seconds at least (host.json).
 */

import { rounds } from '../../shared/app/company-rounds.ts';

export interface Way {
  /** Messages of a minute: companies in each, and seconds after which it is to be had. */
  messages(companies: number): readonly { companies: number; delaySeconds: number }[];
  /** Polls of one message at once. */
  atOnce: number;
}

/** As it was: a message for each company, all at once. */
export const each: Way = {
  messages: (companies) =>
    Array.from({ length: companies }, () => ({ companies: 1, delaySeconds: 0 })),
  atOnce: 1,
};

/** As it is. */
export const inRounds: Way = {
  messages: (companies) =>
    rounds(
      Array.from({ length: companies }, (_, index) => `${index}`),
      '',
    ).map(({ round, delaySeconds }) => ({ companies: round.length, delaySeconds })),
  atOnce: 8,
};

export interface Assumptions {
  minutes: number;
  maximumInstances: number;
  /** Seconds of a poll: FlexiBee's answer and two requests to storage. */
  pollSeconds(): number;
  /** Of one processor; an instance has one. */
  processorSecondsOfPoll: number;
}

export interface Simulated {
  mostInstances: number;
  deepest: number;
  /** Seconds from the minute's beginning to a company's poll: half of them, all but one of twenty, the last. */
  waits: [half: number, most: number, last: number];
  /** Polls that waited for longer than 90 s, and were left to the next minute. */
  late: number;
  /** Seconds a minute in which an instance did anything, a second at least each time. */
  activeSeconds: number;
  messages: number;
}

interface Message {
  left: number;
  since: number;
  from: number;
}
interface Instance {
  from: number;
  looksAt: number;
  idleSince: number;
  activeSince: number | undefined;
  at: { message: Message; ends: number[] }[];
}

const step = 0.1;
const taken = 12;
const lookSeconds = 2;
const batch = 8;
const decideSeconds = 10;
const startSeconds = 3;
const idleSeconds = 30;
const lateSeconds = 90;

/** Minutes before these are counted: the first finds no instance. */
const warmUp = 2;

export function simulate(companies: number, way: Way, assumed: Assumptions): Simulated {
  const { minutes, maximumInstances, pollSeconds, processorSecondsOfPoll } = assumed;
  let queue: Message[] = [];
  let instances: Instance[] = [];
  const waits: number[] = [];
  let mostInstances = 0;
  let deepest = 0;
  let late = 0;
  let activeSeconds = 0;
  /** Polls of an instance share its processor. */
  const begin = ({ at }: Instance, now: number): number => {
    const busy = at.flatMap(({ ends }) => ends.filter(Number.isFinite)).length + 1;
    return now + Math.max(pollSeconds(), busy * processorSecondsOfPoll);
  };
  const close = (instance: Instance, now: number) => {
    if (instance.activeSince === undefined) return;
    if (now > warmUp * 60) activeSeconds += Math.max(1, now - instance.activeSince);
    instance.activeSince = undefined;
    instance.idleSince = now;
  };
  for (let tick = 0; tick < (minutes * 60) / step; tick += 1) {
    const now = tick * step;
    const isCounted = now >= warmUp * 60;
    if (tick % Math.round(60 / step) === 0) {
      for (const { companies: left, delaySeconds } of way.messages(companies)) {
        queue.push({ left, since: now, from: now + delaySeconds });
      }
    }
    const length = queue.length + instances.reduce((sum, { at }) => sum + at.length, 0);
    if (isCounted) deepest = Math.max(deepest, queue.length);
    if (tick % Math.round(decideSeconds / step) === 0 && queue.some(({ from }) => from <= now)) {
      const wanted = Math.min(maximumInstances, Math.ceil(length / batch));
      while (instances.length < wanted) {
        const from = now + startSeconds;
        instances.push({ from, looksAt: from, idleSince: from, activeSince: undefined, at: [] });
      }
    }
    for (const instance of instances) {
      if (instance.from > now) continue;
      for (const one of instance.at) {
        for (const [place, ends] of one.ends.entries()) {
          if (ends > now) continue;
          if (isCounted) waits.push(now - one.message.since);
          if (one.message.left > 0) {
            one.message.left -= 1;
            one.ends[place] = begin(instance, now);
          } else one.ends[place] = Number.POSITIVE_INFINITY;
        }
      }
      const before = instance.at.length;
      instance.at = instance.at.filter(({ ends }) => ends.some(Number.isFinite));
      // Who has taken what there was asks again at once.
      if (instance.at.length < before) instance.looksAt = now;
      if (instance.looksAt <= now && instance.at.length <= taken - batch) {
        instance.looksAt = now + lookSeconds;
        const free = Math.min(batch, taken - instance.at.length);
        const had = queue.filter(({ from }) => from <= now).slice(0, free);
        queue = queue.filter((message) => !had.includes(message));
        for (const message of had) {
          if (now - message.from > lateSeconds) {
            late += isCounted ? message.left : 0;
            continue;
          }
          const lanes = Math.min(way.atOnce, message.left);
          message.left -= lanes;
          const ends = Array.from({ length: lanes }, () => begin(instance, now));
          instance.at.push({ message, ends });
        }
      }
      if (instance.at.length > 0) instance.activeSince ??= now;
      else close(instance, now);
    }
    instances = instances.filter(
      ({ at, from, idleSince }) => at.length > 0 || now - Math.max(from, idleSince) < idleSeconds,
    );
    if (isCounted) mostInstances = Math.max(mostInstances, instances.length);
  }
  for (const instance of instances) close(instance, minutes * 60);
  waits.sort((a, b) => a - b);
  const of = (share: number) => waits[Math.ceil(waits.length * share) - 1] ?? 0;
  const counted = minutes - warmUp;
  return {
    mostInstances,
    deepest,
    waits: [of(0.5), of(0.95), of(1)],
    late: late / counted,
    activeSeconds: activeSeconds / counted,
    messages: way.messages(companies).length,
  };
}
