/**
 * Catches up with one company in a process that may be killed; says over IPC how much memory it
 * takes. The place comes as its argument.
 */

import { poll } from '../../shared/flexibee/follow.ts';
import { follow, type Place } from './following.ts';

export type Message =
  | { type: 'ready' }
  /** Bytes. */
  | { type: 'memory'; rss: number; heapUsed: number }
  | { type: 'end'; outcome: string };

const intervalMs = 50;
/** Longer than the lease of one that was killed lives. */
const waitForLockMs = 30_000;

const place = JSON.parse(process.argv[2] ?? '{}') as Place;
const say = (message: Message) => process.send?.(message);
const memory = () => {
  const { rss, heapUsed } = process.memoryUsage();
  say({ type: 'memory', rss, heapUsed });
};
process.on('disconnect', () => process.exit(1));
const followed = await follow(place);
say({ type: 'ready' });
const timer = setInterval(memory, intervalMs);
let outcome: string;
do {
  outcome = await poll(followed.context, { waitForLockMs }, new AbortController().signal);
} while (outcome === 'handed on');
memory();
clearInterval(timer);
say({ type: 'end', outcome });
await followed.close();
process.disconnect?.();
