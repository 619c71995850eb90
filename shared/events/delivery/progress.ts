/** How far a target has heard of an event: what is planned, and what an attempt makes of it. */

import { backOffMs } from '../../async/retry.ts';
import type { Delivery, EventDocument } from '../event-document.ts';
import type { Sent } from '../targets/sent.ts';
import type { Target } from '../targets/target.ts';
import { afterQuiet, isWanted } from '../targets/wanted.ts';

/** After so long an event is given up for a target. */
const longestMs = 86_400_000;

/** Half of it to all of it before the second attempt; doubles with every further one. */
const backOff = { baseMs: 60_000, capMs: 3_600_000 };

type Deliveries = NonNullable<EventDocument['deliveries']>;

/** The deliveries of an event, once somebody has looked who wants it; those of targets that are no more are over. */
export function planned(event: EventDocument, targets: readonly Target[], now: Date): Deliveries {
  const { deliveries } = event;
  if (deliveries === undefined) {
    const wanting = targets.filter((target) => isWanted(target, event));
    return Object.fromEntries(wanting.map((target) => [target.name, waiting(target, now)]));
  }
  const isThere = (name: string) => targets.some((target) => target.name === name);
  return Object.fromEntries(
    Object.entries(deliveries).map(([name, delivery]) => [
      name,
      delivery.state !== 'waiting' || isThere(name)
        ? delivery
        : over('given up', delivery, now, 'the target is in the settings no more'),
    ]),
  );
}

function waiting(target: Target, now: Date): Delivery {
  return { state: 'waiting', attempts: 0, nextAt: afterQuiet(target, now).toISOString() };
}

/** Whether it is to be sent now: its time has come, and nobody is to be left in peace. */
export function isDue(delivery: Delivery, target: Target, now: Date): boolean {
  if (delivery.state !== 'waiting') return false;
  const isTime = delivery.nextAt === undefined || Date.parse(delivery.nextAt) <= now.getTime();
  return isTime && afterQuiet(target, now).getTime() <= now.getTime();
}

/** What an attempt has made of it. */
export function attempted(
  { attempts, since = '', ...delivery }: Delivery,
  target: Target,
  sent: Sent,
  now: Date,
): Delivery {
  const tried = {
    ...delivery,
    attempts: attempts + 1,
    since: since || now.toISOString(),
  };
  if (sent.isTaken) return over('delivered', tried, now, sent.odd);
  const endsAt = Date.parse(tried.since) + longestMs;
  if (sent.isFinal || now.getTime() >= endsAt) return over('given up', tried, now, sent.error);
  const pauseMs = Math.max(backOffMs(tried.attempts, backOff), sent.retryAfterMs ?? 0);
  // The last attempt is when its day is over.
  const next = new Date(Math.min(now.getTime() + pauseMs, endsAt));
  return { ...tried, nextAt: afterQuiet(target, next).toISOString(), error: sent.error };
}

function over(
  state: 'delivered' | 'given up',
  { nextAt: _, error: __, ...delivery }: Delivery,
  now: Date,
  error: string | undefined,
): Delivery {
  return { ...delivery, state, endedAt: now.toISOString(), ...(error && { error }) };
}
