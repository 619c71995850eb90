/** One worker: the Functions host as a process of its own, with its own faulty way to storage. */

import { type HostProcess, startHostProcess } from 'functions-host/testing/host-process';
import { type Decide, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import type { World } from './world.ts';

const skewedClock = new URL('../support/skewed-clock.ts', import.meta.url).href;

export class ChaosWorker {
  readonly url: string;
  readonly proxy: FaultProxy;
  readonly #host: HostProcess;
  #isFrozen = false;
  #isLeaving = false;

  private constructor(host: HostProcess, proxy: FaultProxy) {
    this.#host = host;
    this.proxy = proxy;
    this.url = host.url;
  }

  /**
   * @param skewMs what its machine's clock is wrong by
   * @throws Error with the worker's last words when it ends before it listens
   */
  static async start(world: World, skewMs: number): Promise<ChaosWorker> {
    const proxy = await startFaultProxy(world.connectionString);
    const settings = {
      ...world.settings,
      AzureWebJobsStorage: proxy.connectionString,
      TEST_CLOCK_SKEW_MS: String(skewMs),
    };
    const host = await startHostProcess(world.app, settings, ['--import', skewedClock]);
    if (host.ready) return new ChaosWorker(host, proxy);
    await proxy.close();
    throw new Error(`A worker did not start:\n${host.lines.slice(-20).join('\n')}`);
  }

  get pid(): number | undefined {
    return this.#host.process.pid;
  }

  /** True as long as it can take messages. */
  get isServing(): boolean {
    const { exitCode, signalCode } = this.#host.process;
    return exitCode === null && signalCode === null && !this.#isFrozen && !this.#isLeaving;
  }

  get lines(): readonly string[] {
    return this.#host.lines;
  }

  set faults(decide: Decide) {
    this.proxy.decide = decide;
  }

  /** At once, as a machine that is switched off. Safe to call twice. */
  kill(): void {
    this.#isLeaving = true;
    this.#host.process.kill('SIGKILL');
  }

  /** Stops getting any processor time: alive to everybody it is connected to. */
  freeze(): void {
    this.#isFrozen = true;
    this.#host.process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#isFrozen = false;
    this.#host.process.kill('SIGCONT');
  }

  async exited(): Promise<void> {
    await this.#host.exited;
  }

  async close(): Promise<void> {
    if (this.#isFrozen) this.thaw();
    this.kill();
    await this.#host.exited;
    await this.proxy.close();
  }

  /** As a scale-in does: it has a few seconds to let go. */
  async stop(): Promise<void> {
    this.#isLeaving = true;
    await this.#host.stop();
    await this.proxy.close();
  }

  /**
   * Plays the passing of a lease's life: what this worker holds is free afterwards, to the moment
   * when its last request has reached storage. Releasing with the worker's own lease ids does that
   * and nothing else: an id that holds nothing any more is refused. What is not simulated: the
   * real end of a life leaves the lease `expired`, which its old holder may still renew as long as
   * nobody else has asked.
   */
  async expireLeases({ blobs }: World): Promise<void> {
    await this.proxy.idle();
    const granted = new Map<string, { id: string; path: string }>();
    for (const { headers, path, status } of this.proxy.requests) {
      const id = headers['x-ms-proposed-lease-id'];
      if (typeof id === 'string' && (status === 200 || status === 201)) {
        granted.set(`${id} ${path}`, { id, path });
      }
    }
    await Promise.all(
      [...granted.values()].map(async ({ id, path }) => {
        const slash = path.indexOf('/');
        const blob = blobs
          .getContainerClient(path.slice(0, slash))
          .getBlobClient(path.slice(slash + 1));
        await blob
          .getBlobLeaseClient(id)
          .releaseLease()
          .catch((error: { statusCode?: number }) => {
            if (error.statusCode !== 409 && error.statusCode !== 404) throw error;
          });
      }),
    );
  }
}
