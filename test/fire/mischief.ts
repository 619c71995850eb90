/** What befalls one company beside its writer and the weather. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { between, pick, type Random } from '../support/random.ts';
import { evidences, type Followed } from './companies.ts';
import { pause } from './pause.ts';
import type { World } from './world.ts';
import type { Writer } from './writer.ts';

type Late = ReturnType<ReturnType<World['flexibee']['company']>['begin']>;

/** How long a transaction stays open at most; each company asks for longer than that. */
const longestOpenMs = 25_000;

/** What nobody tells the app of. */
const untold = new Set(['off and on', 'off and on at once', 'restore']);

export class Mischief {
  readonly counts = new Map<string, number>();
  /** When what nobody is told of last happened: a restore, or off and on. Monotonic. */
  unseenAt = Number.NEGATIVE_INFINITY;
  readonly #world: World;
  readonly #followed: Followed;
  readonly #writer: Writer;
  readonly #random: Random;
  readonly #folder = mkdtempSync(join(tmpdir(), 'fire-backups-'));
  /** Versions that became visible below others, and when; monotonic. */
  readonly #late = new Map<number, number>();
  #backups = 0;
  #open: Late[] = [];

  constructor(world: World, followed: Followed, writer: Writer, random: Random) {
    this.#world = world;
    this.#followed = followed;
    this.#writer = writer;
    this.#random = random;
  }

  /**
   * One thing after the other until the end, each at most a few seconds long.
   *
   * @param isTold nothing happens that only a comparison with the past can tell: what the app then
   *   says can be held against it at any time
   */
  async play(pauseMs: number, isTold: boolean, signal: AbortSignal): Promise<void> {
    const acts: Record<string, () => Promise<void> | void> = {
      'late commit': () => this.#begin(signal),
      gap: () => this.#company.gap(pick(this.#random, [1, 2, 7, 40, 1_500])),
      'off and on': () => this.#offAndOn(signal),
      'off and on at once': () => this.#offAndOn(signal, 0),
      'off and on by us': () => this.#offAndOnByUs(signal),
      backup: () => this.#backUp(),
      restore: () => this.#restore(),
      'no licence': () => this.#noLicence(signal),
      'no right': () => this.#noRight(signal),
      hook: () => this.#ask('PUT', 'hook'),
      'hook lost': () => this.#loseHooks(),
      reset: () => this.#ask('POST', 'reset'),
      reload: () => this.#reload(),
      reconcile: () => this.#ask('POST', 'reconcile'),
    };
    const often = ['late commit', 'late commit', 'late commit', 'gap', 'hook', 'backup'];
    const names = [...Object.keys(acts), ...often].filter((name) => !isTold || !untold.has(name));
    while (!signal.aborted) {
      await pause(between(this.#random, 0, 2 * pauseMs), signal);
      if (signal.aborted) return;
      const name = pick(this.#random, names);
      await acts[name]?.();
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }
  }

  /** Whether this version came late, within so many milliseconds: the app may yet have to look. */
  isLate(version: number, withinMs: number): boolean {
    return performance.now() - (this.#late.get(version) ?? Number.NEGATIVE_INFINITY) < withinMs;
  }

  /** Everything that is open ends, and whatever is switched off is on again. */
  settle(): void {
    for (const late of this.#open.splice(0)) this.#end(late);
    this.#hosted.licence = 'present';
    this.#hosted.forbidden.clear();
    if (!this.#company.changelogEnabled()) this.#turnOn();
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #company() {
    return this.#world.flexibee.company(this.#followed.name);
  }

  get #hosted() {
    const found = this.#world.flexibee.companies.get(this.#followed.name);
    if (found === undefined) throw new Error(`no company ${this.#followed.name}`);
    return found;
  }

  #begin(signal: AbortSignal): void {
    const late = this.#company.begin(pick(this.#random, [1, 1, 3, 30]));
    this.#open.push(late);
    const openMs = between(this.#random, 300, longestOpenMs);
    void pause(openMs, signal).then(() => {
      const index = this.#open.indexOf(late);
      if (index < 0 || signal.aborted) return;
      this.#open.splice(index, 1);
      this.#end(late);
    });
  }

  #end(late: Late): void {
    const { evidence, winstrom } = this.#writer.some();
    try {
      if (this.#random() < 0.3) late.rollback();
      else late.commit(evidence, winstrom);
      for (const version of late.versions) this.#late.set(version, performance.now());
    } catch (error) {
      if (!/backup was restored/.test(String(error))) throw error;
    }
  }

  /** From outside; records change meanwhile, which no list will ever have. */
  async #offAndOn(signal: AbortSignal, forMs = between(this.#random, 100, 5_000)): Promise<void> {
    this.#company.disableChangelog();
    for (let count = between(this.#random, 0, 4); count > 0; count -= 1) this.#writer.once();
    await pause(forMs, signal);
    this.#turnOn();
  }

  #turnOn(): void {
    // Without times versions that begin anew cannot be told from those before.
    const restart = this.#followed.timestamps && this.#random() < 0.3;
    this.#company.enableChangelog({ restart });
    this.unseenAt = performance.now();
    // A list that is empty looks like one that nothing was ever written to.
    this.#writer.once();
  }

  async #offAndOnByUs(signal: AbortSignal): Promise<void> {
    await this.#ask('PUT', 'changes/disable');
    for (let count = between(this.#random, 0, 4); count > 0; count -= 1) this.#writer.once();
    await pause(between(this.#random, 0, 2_000), signal);
    for (let tries = 0; !this.#company.changelogEnabled() && tries < 4; tries += 1) {
      await this.#ask('PUT', 'changes/enable');
    }
    if (!this.#company.changelogEnabled()) this.#turnOn();
  }

  #backUp(): void {
    this.#backups += 1;
    this.#company.backup(this.#file);
  }

  #restore(): void {
    if (this.#backups === 0 || !this.#followed.timestamps) return;
    this.#company.restore(this.#file);
    this.unseenAt = performance.now();
  }

  get #file(): string {
    return join(this.#folder, `${this.#backups}.sqlite`);
  }

  async #noLicence(signal: AbortSignal): Promise<void> {
    this.#hosted.licence = 'missing';
    await pause(between(this.#random, 500, 5_000), signal);
    this.#hosted.licence = 'present';
  }

  #noRight(signal: AbortSignal): void {
    const { forbidden } = this.#hosted;
    const evidence = pick(this.#random, evidences);
    forbidden.add(evidence);
    void pause(between(this.#random, 500, 8_000), signal).then(() => forbidden.delete(evidence));
  }

  #loseHooks(): void {
    const { hooks } = this.#hosted;
    for (const { id } of hooks.list()) hooks.remove(id);
  }

  async #reload(): Promise<void> {
    const name = pick(this.#random, evidences);
    const who = { token: 'demo-token', user: 'fire' };
    await this.#world.ask('POST', '/entity_sync', { ...who, code: this.#followed.code, name });
  }

  async #ask(method: string, path: string): Promise<void> {
    await this.#world.ask(method, `/flexibee/${this.#followed.code}/${path}`);
  }
}
