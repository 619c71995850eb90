import type { Queues } from '../../storage/queues.ts';
import { poisonQueue, watchedQueues } from '../poison-queues.ts';
import { checkPart } from './check-part.ts';
import type { HealthPart } from './part.ts';

/** Messages that were given up: somebody should see why, and empty the queue. */
export function queuesHealth(
  open: () => Promise<Pick<Queues, 'length'>>,
  signal: AbortSignal,
): Promise<HealthPart[]> {
  return Promise.all(
    watchedQueues.map(async (queue) => {
      const name = poisonQueue(queue);
      let poison = 0;
      const part = await checkPart(
        `queue ${queue}`,
        async (bounded) => {
          poison = await (await open()).length(name, bounded);
        },
        signal,
      );
      if (part.state !== 'ok') return part;
      if (poison === 0) return { ...part, poison };
      const reason = `${poison} messages were given up, see ${name}; remove them when you have looked at them`;
      return { ...part, state: 'degraded' as const, reason, poison };
    }),
  );
}
