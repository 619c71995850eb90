/** The workers of a chaos run: how many there are, when they die, and who comes in their place. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, ProxiedRequest } from '../support/fault-proxy.ts';
import { between, hash, seededRandom } from '../support/random.ts';
import { randomFaults } from '../support/random-faults.ts';
import type { Death, EpisodePlan } from './plan.ts';
import { ChaosWorker } from './worker.ts';
import type { World } from './world.ts';

/** Clocks are up to eleven minutes apart: storage refuses who is off by a quarter of an hour. */
const farthestMs = 330_000;

export class Fleet {
  readonly counts = { started: 0, kill: 0, freeze: 0, longFreeze: 0, stop: 0, faults: 0 };
  readonly #world: World;
  readonly #workers: ChaosWorker[] = [];
  readonly #dying = new Set<Promise<void>>();
  #plan: EpisodePlan | undefined;
  /** Deaths that wait for a storage call, and how many calls the first of them still lets pass. */
  #ambushes: { death: Death; storageCall: number; done: boolean }[] = [];
  #callsLeft = 0;

  constructor(world: World) {
    this.#world = world;
  }

  get serving(): ChaosWorker[] {
    return this.#workers.filter(({ isServing }) => isServing);
  }

  /** How often something has begun to go wrong; undefined while somebody is dying. */
  get disturbances(): number | undefined {
    return this.#dying.size > 0 ? undefined : this.deaths;
  }

  /** Workers that died or left in the middle of an episode so far. */
  get deaths(): number {
    const { kill, freeze, stop } = this.counts;
    return kill + freeze + stop;
  }

  /** Has one worker compile everything and end in good order, so that all others start faster. */
  async warmUp(): Promise<void> {
    await this.resize(1);
    await this.resize(0);
  }

  /** Brings their number to `count`; who is too many gets the time to let go. */
  async resize(count: number): Promise<void> {
    const leaving = this.#workers.splice(count);
    await Promise.all(
      leaving.map(async (worker) => {
        await worker.stop();
        this.#retire(worker);
      }),
    );
    while (this.#workers.length < count) this.#workers.push(await this.#start());
  }

  /** From now on faults and deaths happen as planned. */
  arm(plan: EpisodePlan): void {
    this.#plan = plan;
    this.#ambushes = plan.deaths.flatMap((death) =>
      'storageCall' in death.moment ? [{ death, ...death.moment }] : [],
    );
    this.#callsLeft = this.#ambushes[0]?.storageCall ?? 0;
    for (const worker of this.#workers) this.#armWorker(worker);
    for (const death of plan.deaths) {
      if (!('afterMs' in death.moment)) continue;
      const { afterMs, worker } = death.moment;
      setTimeout(() => {
        if (this.#plan === plan) this.#begin(this.#worker(worker), death);
      }, afterMs).unref();
    }
  }

  /** Nothing happens any more; resolves when those who died have been replaced. */
  async disarm(): Promise<void> {
    this.#plan = undefined;
    this.#ambushes = [];
    for (const worker of this.#workers) worker.faults = () => undefined;
    while (this.#dying.size > 0) await Promise.all(this.#dying);
  }

  /** One worker leaves in good order, and another comes in its place. */
  replace(number: number): void {
    const worker = this.#worker(number);
    const moment = { afterMs: 0, worker: number };
    const calm = { isLong: false, expireAfterMs: 0, thawAfterMs: 0 };
    this.#begin(worker, { how: 'stop', moment, ...calm });
  }

  /** Storage refuses everything of one worker for a while. */
  async outage(number: number, forMs: number): Promise<void> {
    const outage = this.#worker(number)?.proxy.outage();
    await sleep(forMs);
    outage?.end();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#workers.map((worker) => worker.close()));
  }

  /** What the workers of now have printed last. */
  lastWords(): string {
    return this.#workers
      .map(({ pid, lines }) => `--- worker ${pid}\n${lines.slice(-40).join('\n')}`)
      .join('\n');
  }

  #worker(number: number): ChaosWorker | undefined {
    return this.#workers[number % this.#workers.length];
  }

  async #start(): Promise<ChaosWorker> {
    this.counts.started += 1;
    const random = seededRandom(hash(`clock ${this.counts.started}`));
    return ChaosWorker.start(this.#world, between(random, -farthestMs, farthestMs));
  }

  #armWorker(worker: ChaosWorker): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    const { percent, stallMs } = plan.faults;
    const seed = hash(`${plan.seed} ${this.counts.started} ${this.#workers.indexOf(worker)}`);
    const random = randomFaults({ seed, rate: percent / 100, stallMs });
    worker.faults = (request) => this.#ambush(worker, request) ?? random(request);
  }

  #ambush(worker: ChaosWorker, { operation }: ProxiedRequest): Fault | undefined {
    const [ambush] = this.#ambushes;
    // Looking for messages goes on all the time: most deaths would come in the middle of nothing.
    if (ambush === undefined || !worker.isServing || operation.startsWith('GET  messages')) return;
    this.#callsLeft -= 1;
    if (this.#callsLeft > 0) return;
    this.#ambushes.shift();
    this.#callsLeft = this.#ambushes[0]?.storageCall ?? 0;
    this.#begin(worker, ambush.death);
    // Frozen, it has the answer already, and acts on it when it comes back.
    if (ambush.death.how === 'freeze') return undefined;
    return { kind: ambush.done ? 'lost answer' : 'reset' };
  }

  #begin(worker: ChaosWorker | undefined, death: Death): void {
    if (worker?.isServing !== true) return;
    this.counts[death.how] += 1;
    if (death.isLong) this.counts.longFreeze += 1;
    // Here and now: the call that is its moment must not get an answer first.
    if (death.how === 'kill') worker.kill();
    if (death.how === 'freeze') worker.freeze();
    const dying = this.#die(worker, death);
    this.#dying.add(dying);
    void dying.finally(() => this.#dying.delete(dying));
  }

  async #die(worker: ChaosWorker, death: Death): Promise<void> {
    if (death.how === 'freeze') {
      await sleep(death.expireAfterMs);
      if (!death.isLong) await worker.expireLeases(this.#world);
      await sleep(death.thawAfterMs);
      worker.thaw();
      return;
    }
    const starting = this.#start();
    await (death.how === 'stop' ? worker.stop() : worker.exited());
    await sleep(death.expireAfterMs);
    await worker.expireLeases(this.#world);
    await worker.close();
    this.#retire(worker);
    const replacement = await starting;
    this.#workers.splice(this.#workers.indexOf(worker), 1, replacement);
    this.#armWorker(replacement);
  }

  #retire({ proxy }: ChaosWorker): void {
    this.counts.faults += proxy.requests.filter(({ fault }) => fault !== undefined).length;
  }
}
