/** Hostile requests against the whole machine, and what must hold beside and after them. */

import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from 'stand-in-kit/testing/patience';
import { routes } from '../../functions/routes/index.ts';
import { type OneMachine, oneMachine } from '../support/one-machine.ts';
import { hash, seededRandom } from '../support/random.ts';
import { type QuietClient, quietClient, type Seen, together } from './beside.ts';
import { exchange, type Outcome } from './exchange.ts';
import type { Target } from './heads.ts';
import { inspectable, type Memory, memoryOf, workerAt } from './memory.ts';
import { type HostileRequest, hostileRequest } from './requests.ts';
import { faultsOf, openCalls } from './worker-log.ts';

export interface HostileOptions {
  seed: number;
  /** Number of the first request; each has its own randomness, whatever came before. */
  first?: number;
  requests: number;
  connections?: number;
  /** After so long no further request is begun. */
  budgetMs?: number;
  log(line: string): void;
}

export interface HostileSummary {
  requests: number;
  seconds: number;
  /** How often each status came; `none`: the connection was closed without an answer. */
  statuses: Record<string, number>;
  slowestMs: number;
  idle: Seen;
  beside: Seen;
  /** Of the worker after its garbage is collected: before, at each tenth, and after the end. */
  memory: Memory[];
  /** Everything that must not be, each kind once. */
  faults: string[];
}

/** Longer than the app's own patience with a body (30 s), with room for a busy machine. */
const patienceMs = 120_000;
const idleMs = 1_000;
/** What nobody beside them shall wait for on an idle machine. */
const besideMs = 1_000;

const targets: Target[] = routes.flatMap(({ route, methods }) =>
  Object.keys(methods()).map((method) => ({ method, template: route })),
);

export async function runHostile(options: HostileOptions): Promise<HostileSummary> {
  const machine = await oneMachine();
  try {
    await machine.start({ DEMO_PACE: '60000', ...inspectable });
    const quiet = quietClient(machine.url);
    try {
      return await against(machine, quiet, options);
    } finally {
      await quiet.close();
    }
  } finally {
    await machine.close();
  }
}

async function against(
  machine: OneMachine,
  quiet: QuietClient,
  { seed, first = 0, requests, connections = 24, budgetMs = Infinity, log }: HostileOptions,
): Promise<HostileSummary> {
  const port = Number(new URL(machine.url).port);
  await sleep(idleMs);
  await quiet.seen();
  await sleep(idleMs);
  const idle = await quiet.seen();
  const worker = await workerAt(port);
  const measure = await memoryOf(worker, machine.lines);
  const memory = [await measure()];
  const seen: Seen[] = [];
  const statuses: Record<string, number> = {};
  const faults = new Map<string, string>();
  const start = performance.now();
  const seconds = () => Math.round((performance.now() - start) / 1000);
  let next = first;
  let slowestMs = 0;
  let done = 0;

  const fault = (kind: string, detail: string): void => {
    if (faults.has(kind)) return;
    faults.set(kind, `${kind}: ${detail}`);
    log(`${kind}: ${detail}`);
  };
  const playOne = async (number: number): Promise<void> => {
    const request = hostileRequest(seededRandom(hash(`${seed}/${number}`)), targets);
    const outcome = await exchange(port, request, patienceMs);
    const told = outcome.statuses.length === 0 ? ['none'] : outcome.statuses;
    for (const status of told) statuses[status] = (statuses[status] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, outcome.took);
    const wrong = wrongWith(request, outcome);
    const head = JSON.stringify(request.pieces[0]?.toString('latin1').slice(0, 80));
    if (wrong)
      fault(
        `${wrong}, ${request.kind}`,
        `request ${number}, ${head}: ${outcome.text.slice(0, 600)}`,
      );
  };
  const play = async (): Promise<void> => {
    while (next < first + requests && performance.now() - start < budgetMs) {
      await playOne(next++);
      done += 1;
      if (done % Math.ceil(requests / 10) !== 0) continue;
      await look(done);
    }
  };
  const look = async (count: number): Promise<void> => {
    const here = await quiet.seen();
    seen.push(here);
    const limitMs = scaled(besideMs);
    if (here.slowestMs > limitMs) {
      fault('a quiet client waited', `${here.slowestMs} ms, ${limitMs} at this load`);
    }
    const now = await measure();
    memory.push(now);
    const { heap, external, resident } = now;
    const held = `${heap} MiB of objects, ${external} outside, ${resident} resident`;
    const waits = `beside ${here.medianMs} ms, ${here.slowestMs} at most`;
    log(`${count} requests, ${seconds()} s: ${held}; ${waits}`);
  };
  await Promise.all(Array.from({ length: connections }, play));
  const took = seconds();
  seen.push(await quiet.seen());
  const beside = together(seen);
  for (const failed of beside.failed) fault('a quiet client was not answered', failed);
  const open = await settled(machine.lines);
  if (open.length > 0) fault(`${open.length} calls never ended`, open.slice(0, 5).join('\n'));
  memory.push(await measure());
  for (const line of faultsOf(machine.lines)) fault('log', line);
  if ((await workerAt(port)) !== worker) fault('the worker', 'is another one now');
  return {
    requests: done,
    seconds: took,
    statuses,
    slowestMs: Math.round(slowestMs),
    idle,
    beside,
    memory,
    faults: [...faults.values()],
  };
}

function wrongWith({ mostAnswers }: HostileRequest, outcome: Outcome): string | undefined {
  if (outcome.isHung) return 'hang';
  if (outcome.statuses.includes(500)) return '500';
  if (outcome.statuses.length > mostAnswers) return 'smuggled';
  return /^x-injected/im.test(outcome.text) ? 'injected' : undefined;
}

/** The calls that are still open when the app's patience with any of them has ended. */
async function settled(lines: readonly string[]): Promise<string[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    // Timers and queue messages come and go by themselves.
    const open = openCalls(lines).filter((line) => /Reason='[A-Z-]+ \//.test(line));
    if (open.length === 0 || performance.now() > deadline) return open;
    await sleep(500);
  }
}
