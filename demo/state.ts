/**
 * A folder of state belongs to one instance at a time: to its process, and to the parts that the
 * process has started, for as long as one of them lives. The locks are SQLite's, which are the
 * system's: they end with whoever holds them, however that ends, and no pid is compared.
 */

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** In the folder; it stays when the rest is removed. */
const lockFolder = 'lock';
/** Parts leave within 10.5 s when their owner has gone, if the machine has time for them. */
const waitTimeoutMs = 60_000;
/** A lock of another process has no event. */
const lookAgainMs = 50;
const busy = 5;

/** Who has the folder, for whoever comes second. */
export interface Running {
  pid: number;
  since: string;
  url: string;
}

/** Somebody else has the folder; the message says who, where, and how to stop it. */
export class StateInUse extends Error {}

export interface State {
  /** To be loaded by each part (`--import`): it holds the folder, too. */
  readonly preload: string;
  /** Removes everything in it. */
  clear(): Promise<void>;
  /** Once nobody uses it any more. */
  release(): Promise<void>;
}

/**
 * Takes the folder, which is made where it is missing, and waits until the parts of an instance that
 * was killed have left it.
 *
 * @param say gets a line when there is somebody to wait for
 * @throws StateInUse; or the reason of `signal`
 */
export async function takeState(
  folder: string,
  running: Running,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<State> {
  const locks = join(folder, lockFolder);
  const record = join(locks, 'running.json');
  await mkdir(locks, { recursive: true });
  // Whoever is refused reads what the holder has written, not what another one left.
  const door = open(join(locks, 'door'));
  const owner = open(join(locks, 'owner'));
  const parts = open(join(locks, 'parts'));
  try {
    await waitFor(door, `Other starts are at work in ${folder}`, () => {}, signal);
    if (!take(owner, 'IMMEDIATE')) throw new StateInUse(inUse(folder, await read(record)));
    await writeFile(record, `${JSON.stringify(running)}\n`);
    door.close();
    const tell = () => say('Waiting for the parts of an instance that was killed to end…');
    const fault = `Parts of an instance that was killed don't end; ${folder} is theirs`;
    await waitFor(parts, fault, tell, signal);
  } catch (error) {
    owner.close();
    if (door.isOpen) door.close();
    throw error;
  } finally {
    parts.close();
  }
  const preload = pathToFileURL(join(import.meta.dirname, 'hold-state.ts'));
  preload.searchParams.set('lock', join(locks, 'parts'));
  return {
    preload: preload.href,
    async clear() {
      for (const name of await readdir(folder)) {
        if (name !== lockFolder) await rm(join(folder, name), { recursive: true, force: true });
      }
    },
    async release() {
      await rm(record, { force: true });
      owner.close();
    },
  };
}

/** It never waits: that would hold the whole process, signals included. */
function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA busy_timeout = 0');
  return database;
}

/** IMMEDIATE: one at a time. EXCLUSIVE: while no part holds it, either. */
function take(database: DatabaseSync, mode: 'IMMEDIATE' | 'EXCLUSIVE'): boolean {
  try {
    database.exec(`BEGIN ${mode}`);
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === busy) return false;
    throw error;
  }
}

/** Until nobody else holds it in any way. @param tell called when there is somebody to wait for */
async function waitFor(
  lock: DatabaseSync,
  fault: string,
  tell: () => void,
  signal: AbortSignal,
): Promise<void> {
  const start = performance.now();
  for (let isTold = false; !take(lock, 'EXCLUSIVE'); isTold = true) {
    if (!isTold) tell();
    if (performance.now() - start > waitTimeoutMs) throw new StateInUse(`${fault}.`);
    await sleep(lookAgainMs, undefined, { signal });
  }
}

async function read(record: string): Promise<Partial<Running>> {
  try {
    const value: unknown = JSON.parse(await readFile(record, 'utf8'));
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function inUse(folder: string, { pid, since, url }: Partial<Running>): string {
  const when = new Date(since ?? Number.NaN);
  // As the clock on the wall shows it: 2026-11-29 21:30:05.
  const from = Number.isNaN(when.getTime()) ? '' : ` since ${when.toLocaleString('sv')}`;
  return `syncboard runs already${from}: process ${pid ?? 'unknown'}, ${url ?? 'address unknown'}
Its state is in ${folder}, which nothing was changed in.

  to stop it              Ctrl-C in its terminal, or: kill ${pid ?? '<process>'}
  to start one beside it  npm start -- --ports ${url?.endsWith(':21000') ? 22_000 : 21_000}`;
}
