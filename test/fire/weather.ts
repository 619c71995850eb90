/** What the way to the FlexiBee server is like: calm, or one of several kinds of bad, in turn. */

import { between, pick, type Random } from '../support/random.ts';
import type { Harm, HarmfulProxy, Passing } from './proxy.ts';

/** Of one company's requests. */
interface Front {
  name: string;
  /** Of requests that suffer, 0 to 1. */
  share: number;
  harms: readonly ((random: Random) => Harm)[];
  /** Which requests; absent: all. */
  of?: RegExp;
}

const slow = (random: Random): Harm => ({ kind: 'slow', ms: between(random, 100, 2_500) });
const status = (code: number) => (): Harm => ({ kind: 'status', status: code });
const throttled = (random: Random): Harm => ({
  kind: 'status',
  status: 429,
  retryAfter: between(random, 1, 3),
});
const kind = (name: 'dropped' | 'lost answer' | 'broken off' | 'cut' | 'few' | 'garbage') => () =>
  ({ kind: name }) as const;

const network = [
  kind('dropped'),
  kind('lost answer'),
  kind('broken off'),
  kind('cut'),
  kind('few'),
  slow,
];
const server = [status(500), status(503), status(504), throttled, slow];
const refusals = [status(403), status(404), kind('garbage')];

const fronts: readonly Front[] = [
  { name: 'calm', share: 0, harms: [slow] },
  { name: 'drizzle', share: 0.08, harms: [...network, ...server, ...refusals] },
  { name: 'drops', share: 0.3, harms: network },
  { name: 'busy', share: 0.4, harms: server },
  { name: 'refusals', share: 0.3, harms: refusals },
  { name: 'outage', share: 1, harms: [kind('dropped'), status(503), status(504)] },
  { name: 'records only', share: 0.6, harms: [...network, ...server], of: /\/get\.json|\/query/ },
  { name: 'short lists', share: 0.7, harms: [kind('few')], of: /order=id/ },
  { name: 'changes only', share: 0.5, harms: [...network, ...refusals], of: /\/changes/ },
];

export class Weather {
  readonly #random: Random;
  readonly #fronts = new Map<string, Front>();

  constructor(proxy: HarmfulProxy, random: Random) {
    this.#random = random;
    proxy.decide = (request) => this.#decide(request);
  }

  /** Another front for a company. @returns its name */
  change(company: string): string {
    const front = pick(this.#random, fronts);
    this.#fronts.set(company, front);
    return front.name;
  }

  /** Nothing happens any more. */
  clear(): void {
    this.#fronts.clear();
  }

  #decide({ url }: Passing): Harm | undefined {
    const front = this.#fronts.get(/^\/c\/(\w+)/.exec(url)?.[1] ?? '');
    if (front === undefined || front.of?.test(url) === false) return undefined;
    if (this.#random() >= front.share) return undefined;
    return pick(this.#random, front.harms)(this.#random);
  }
}
