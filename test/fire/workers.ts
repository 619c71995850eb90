/** Three workers, of which one is killed every so often and another comes in its place. */

import { type HostProcess, startHostProcess } from 'functions-host/testing/host-process';
import { between, pick, type Random } from '../support/random.ts';
import { pause } from './pause.ts';

const skewedClock = new URL('../support/skewed-clock.ts', import.meta.url).href;

/** Clocks are up to eleven minutes apart: storage refuses who is off by a quarter of an hour. */
const farthestMs = 330_000;

export class Workers {
  kills = 0;
  readonly #app: string;
  readonly #settings: Record<string, string>;
  readonly #random: Random;
  readonly #serving: HostProcess[] = [];
  readonly #all = new Set<HostProcess>();

  constructor(app: string, settings: Record<string, string>, random: Random) {
    this.#app = app;
    this.#settings = settings;
    this.#random = random;
  }

  /** One after the other: they share what the first has compiled. */
  async start(count: number): Promise<void> {
    while (this.#serving.length < count) await this.#add();
  }

  /** Where somebody serves; undefined while nobody does. */
  url(): string | undefined {
    return this.#serving.length === 0 ? undefined : pick(this.#random, this.#serving).url;
  }

  /** Kills one at each interval until the end, and has another one start; then waits for those. */
  async killEvery(ms: number, signal: AbortSignal): Promise<void> {
    const starting: Promise<void>[] = [];
    while (!signal.aborted) {
      await pause(ms, signal);
      if (!signal.aborted) starting.push(this.#replace());
    }
    await Promise.all(starting);
  }

  async close(): Promise<void> {
    for (const { process } of this.#all) process.kill('SIGKILL');
    await Promise.all([...this.#all].map(({ exited }) => exited));
  }

  /** What those of now have printed last. */
  lastWords(): string {
    return this.#serving
      .map(({ process, lines }) => `--- worker ${process.pid}\n${lines.slice(-30).join('\n')}`)
      .join('\n');
  }

  async #replace(): Promise<void> {
    const [eldest] = this.#serving.splice(0, 1);
    if (eldest !== undefined) {
      eldest.process.kill('SIGKILL');
      this.kills += 1;
      await eldest.exited;
      this.#all.delete(eldest);
    }
    await this.#add();
  }

  async #add(): Promise<void> {
    const skewMs = between(this.#random, -farthestMs, farthestMs);
    const settings = { ...this.#settings, TEST_CLOCK_SKEW_MS: String(skewMs) };
    const host = await startHostProcess(this.#app, settings, ['--import', skewedClock]);
    if (!host.ready)
      throw new Error(`A worker did not start:\n${host.lines.slice(-20).join('\n')}`);
    this.#all.add(host);
    this.#serving.push(host);
  }
}
