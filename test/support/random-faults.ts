/** Faults chosen at random, by a seed. */

import type { Decide, Fault, ProxiedRequest } from './fault-proxy.ts';
import { hash, seededRandom } from './random.ts';

/** Relative weight of each fault; `stallMs` is the longest a `slow` or `late` one takes. */
const weights = {
  'lost answer': 4,
  reset: 2,
  '500': 1,
  '503': 2,
  '429': 1,
  'cut answer': 1,
  slow: 1,
  late: 1,
} as const;

export interface RandomFaults {
  seed: number;
  /** The share of requests that suffer one, from 0 to 1. */
  rate: number;
  /** The longest that a `slow` or `late` request takes, in milliseconds. */
  stallMs: number;
  /** Left alone where it says no. */
  concerns?(request: ProxiedRequest): boolean;
}

/**
 * The fate of a request depends on what it does and how often that was done before, not on what
 * others do meanwhile: as much of a run comes again with its seed as scheduling allows.
 */
export function randomFaults({ seed, rate, stallMs, concerns }: RandomFaults): Decide {
  const seen = new Map<string, number>();
  return (request) => {
    if (concerns?.(request) === false) return undefined;
    const count = (seen.get(request.operation) ?? 0) + 1;
    seen.set(request.operation, count);
    const random = seededRandom(hash(`${seed} ${count} ${request.operation}`));
    return random() < rate ? choose(random, stallMs) : undefined;
  };
}

function choose(random: () => number, stallMs: number): Fault {
  const kinds = Object.keys(weights) as (keyof typeof weights)[];
  let left = random() * Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const kind = kinds.find((one) => {
    left -= weights[one];
    return left < 0;
  });
  switch (kind) {
    case '429':
    case '500':
    case '503':
      return { kind: 'status', status: Number(kind) as 429 | 500 | 503 };
    case 'slow':
    case 'late':
      return { kind, until: random() * stallMs };
    default:
      return { kind: kind ?? 'reset' };
  }
}
