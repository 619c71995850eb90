/** The web hooks of one company: who wants to be told, and the telling. */

import { Refusal } from 'stand-in-kit';
import type { ChangesPage, Company } from '../company/index.ts';
import { callHook, type Hook, notification, readHooks, writeHooks } from './hook.ts';
import { type HookTimings, penaltyWait, type Timer } from './timings.ts';

export interface Registration {
  url: string;
  format: string;
  lastVersion?: string | undefined;
  secKey?: string | undefined;
  skipUrlTest: boolean;
}

export interface HooksOptions {
  timings: HookTimings;
  timer: Timer;
  /** Absent: hooks are forgotten with the process. */
  file?: string;
}

/** Changes in one call. */
const pageLimit = 1_000;

export class Hooks {
  readonly #company: Company;
  readonly #options: HooksOptions;
  readonly #hooks = new Map<number, Hook>();
  /** Body of the notification that tests a URL: "empty", says FlexiBee, and not how. */
  emptyNotification = '';
  #lastId: number;
  #stopListening: (() => void) | undefined;
  /** Timers and calls under way, one a hook. */
  readonly #waiting = new Map<Hook, () => void>();
  readonly #calling = new Map<Hook, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(company: Company, options: HooksOptions) {
    this.#company = company;
    this.#options = options;
    const { lastId, hooks } = readHooks(options.file);
    this.#lastId = lastId;
    for (const hook of hooks) this.#add(hook);
  }

  list(): readonly Readonly<Hook>[] {
    return [...this.#hooks.values()];
  }

  /**
   * Tests the URL with an empty notification, unless told not to.
   * @param signal ends the test, which then failed
   * @throws Refusal 400 naming the parameter, or the URL that does not answer 2xx
   */
  async register(registration: Registration, signal: AbortSignal): Promise<Readonly<Hook>> {
    const { url, skipUrlTest } = registration;
    const format = registration.format.toUpperCase();
    if (!URL.canParse(url) || !/^https?:/.test(url)) {
      throw new Refusal(400, `Parametr 'url' musí být adresa http nebo https: '${url}'`);
    }
    if (format !== 'JSON' && format !== 'XML') {
      throw new Refusal(400, `Parametr 'format' musí být XML nebo JSON: '${registration.format}'`);
    }
    if (!this.#company.changelogEnabled()) {
      throw new Refusal(400, 'Changes API není zapnuté');
    }
    const globalVersion = this.#company.globalVersion();
    const lastVersion = startingVersion(registration.lastVersion, globalVersion);
    const secKey = registration.secKey === undefined ? {} : { secKey: registration.secKey };
    const hook = { url, format, ...secKey } as const;
    if (!skipUrlTest && !(await this.#call(hook, this.emptyNotification, signal))) {
      throw new Refusal(400, `Test zadané URL selhal: '${url}'`);
    }
    this.#lastId += 1;
    const added: Hook = { id: this.#lastId, ...hook, lastVersion, penalty: 0 };
    this.#add(added);
    this.#save();
    return added;
  }

  /** @returns false when there is none of that id */
  remove(id: number): boolean {
    const hook = this.#hooks.get(id);
    if (!hook) return false;
    this.#hooks.delete(id);
    this.#waiting.get(hook)?.();
    this.#waiting.delete(hook);
    this.#save();
    return true;
  }

  /** Clears the penalty and calls at once. @returns false when there is none of that id */
  retry(id: number): boolean {
    const hook = this.#hooks.get(id);
    if (!hook) return false;
    hook.penalty = 0;
    this.#save();
    this.#wake(hook, 0);
    return true;
  }

  /** Resolves when no call is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#calling.values());
  }

  async close(): Promise<void> {
    this.#stopListening?.();
    this.#closing.abort();
    for (const cancel of this.#waiting.values()) cancel();
    this.#waiting.clear();
    await this.settled();
  }

  #add(hook: Hook): void {
    this.#hooks.set(hook.id, hook);
    this.#stopListening ??= this.#company.onChange(() => {
      for (const each of this.#hooks.values()) {
        if (each.penalty === 0 && !this.#waiting.has(each)) {
          this.#wake(each, this.#options.timings.delayMilliseconds);
        }
      }
    });
    // What happened before it was registered (`lastVersion`) or while the server was down.
    this.#wake(hook, this.#options.timings.delayMilliseconds);
  }

  /** In place of any earlier appointment. */
  #wake(hook: Hook, milliseconds: number): void {
    this.#waiting.get(hook)?.();
    const cancel = this.#options.timer.after(milliseconds, () => {
      this.#waiting.delete(hook);
      const before = this.#calling.get(hook) ?? Promise.resolve();
      const calling = before
        .then(() => this.#deliver(hook))
        .finally(() => {
          if (this.#calling.get(hook) === calling) this.#calling.delete(hook);
        });
      this.#calling.set(hook, calling);
    });
    this.#waiting.set(hook, cancel);
  }

  async #deliver(hook: Hook): Promise<void> {
    while (this.#lives(hook)) {
      const page = this.#pageFor(hook);
      const last = page?.changes.at(-1);
      if (!page || !last) return;
      const delivered = await this.#call(
        hook,
        notification(hook.format, page),
        this.#closing.signal,
      );
      if (!this.#lives(hook)) return;
      hook.penalty = delivered ? 0 : hook.penalty + 1;
      if (delivered) hook.lastVersion = last.version;
      this.#save();
      if (!delivered) {
        this.#wake(hook, penaltyWait(hook.penalty, this.#options.timings));
        return;
      }
    }
  }

  #pageFor(hook: Hook): ChangesPage | undefined {
    if (!this.#company.changelogEnabled()) return undefined;
    return this.#company.changes({ start: hook.lastVersion + 1, limit: pageLimit });
  }

  #call(
    hook: Pick<Hook, 'url' | 'format' | 'secKey'>,
    body: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const timeout = AbortSignal.timeout(this.#options.timings.timeoutMilliseconds);
    return callHook(hook, body, AbortSignal.any([signal, timeout]));
  }

  #lives(hook: Hook): boolean {
    return !this.#closing.signal.aborted && this.#hooks.get(hook.id) === hook;
  }

  #save(): void {
    writeHooks(this.#options.file, { lastId: this.#lastId, hooks: [...this.#hooks.values()] });
  }
}

function startingVersion(text: string | undefined, globalVersion: number): number {
  const version = text === undefined || text === '' ? globalVersion : Number(text);
  if (Number.isInteger(version) && version >= 0 && version <= globalVersion) return version;
  throw new Refusal(
    400,
    `Parametr 'lastVersion' musí být z intervalu [0, ${globalVersion}]: '${text}'`,
  );
}
