/**
 * Many requests of strangers from many addresses, as the platform's front end would pass them on,
 * while a run goes on and somebody who is known looks.
 */

import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run } from '../../shared/sync/run.ts';
import { oneMachine } from '../support/one-machine.ts';
import { type QuietClient, quietClient, type Seen } from './beside.ts';
import { inspectable, type Memory, memoryOf, workerAt } from './memory.ts';

export interface FloodSummary {
  requests: number;
  seconds: number;
  statuses: Record<string, number>;
  idle: Seen;
  /** Each for as many requests as the others. */
  beside: Seen[];
  /** Of the worker: before, and after each of these. */
  memory: Memory[];
  /** How the run ended that went on meanwhile. */
  run: string;
}

/** Requests between two looks. */
const lookEach = 5_000;

const token = 'one-that-is-known';
const digest = createHash('sha256').update(token).digest('hex');
const azure = {
  WEBSITE_INSTANCE_ID: 'flooded',
  API_TOKENS: JSON.stringify([
    { name: 'known', sha256: digest, codes: ['*'], roles: ['read', 'run'] },
  ]),
  FLEXIBEE_HOOK_SECRET: 'not-of-the-sample-but-long-enough-to-be-one',
};

const jwt = ['{"alg":"RS256"}', '{"iss":"https://attacker.example"}', 'signature']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

/** What strangers send; none of it is let in, but for the list that is open to all. */
const attempts: Array<{ method: string; path: string; headers: Record<string, string> }> = [
  { method: 'GET', path: '/runs', headers: {} },
  { method: 'GET', path: '/runs', headers: { authorization: 'Bearer guessed' } },
  { method: 'GET', path: '/me', headers: { authorization: `Bearer ${jwt}` } },
  { method: 'GET', path: '/valid_codes', headers: {} },
  { method: 'POST', path: '/runs', headers: {} },
  { method: 'POST', path: '/flexibee/flexi-demo/hook?secret=guessed', headers: {} },
  { method: 'GET', path: '/ab/dynsql', headers: { 'x-ms-client-principal': 'e30=' } },
];

/** @param perAddress requests a minute of one address without a good token */
export async function runFlood(options: {
  requests: number;
  addresses: number;
  connections: number;
  perAddress: number;
  /** The end, whatever is left. */
  budgetMs: number;
  log(line: string): void;
}): Promise<FloodSummary> {
  const { requests, addresses, connections, perAddress, budgetMs, log } = options;
  const machine = await oneMachine();
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  try {
    const environment = {
      ...azure,
      ...inspectable,
      REQUESTS_PER_ADDRESS: String(perAddress),
      DEMO_PACE: '300',
    };
    await machine.start(environment);
    const quiet = quietClient(machine.url, token);
    try {
      const id = await begin(machine.url);
      const idle = await seenWithin(quiet, 3_000);
      log(`beside nothing: ${idle.medianMs} ms, 95 of 100 within ${idle.p95Ms} ms`);
      const worker = await workerAt(Number(new URL(machine.url).port));
      const measure = await memoryOf(worker, machine.lines);
      const memory = [await measure()];
      const beside: Seen[] = [];
      const look = async (count: number) => {
        const [here, held] = [await quiet.seen(), await measure()];
        beside.push(here);
        memory.push(held);
        log(
          `${count} requests: ${held.heap} MiB of objects, ${held.external} outside, ${held.resident} resident; beside ${here.medianMs} ms, 95 of 100 within ${here.p95Ms} ms`,
        );
      };
      const statuses: Record<string, number> = {};
      let next = 0;
      const start = performance.now();
      const send = async (): Promise<void> => {
        while (next < requests && performance.now() - start < budgetMs) {
          const number = next++;
          const status = await sendOne(machine.url, agent, number, addresses);
          statuses[status] = (statuses[status] ?? 0) + 1;
          if ((number + 1) % lookEach === 0) await look(number + 1);
        }
      };
      await Promise.all(Array.from({ length: connections }, send));
      const seconds = Math.round((performance.now() - start) / 100) / 10;
      await look(next);
      const run = await ended(machine.url, id);
      return { requests: next, seconds, statuses, idle, beside, memory, run };
    } finally {
      await quiet.close();
    }
  } finally {
    agent.destroy();
    await machine.close();
  }
}

async function seenWithin(quiet: QuietClient, ms: number): Promise<Seen> {
  await quiet.seen();
  await sleep(ms);
  return await quiet.seen();
}

const known = { authorization: `Bearer ${token}`, accept: 'application/json' };

async function begin(url: string): Promise<string> {
  const response = await fetch(`${url}/data_source_sync`, {
    method: 'POST',
    headers: { ...known, 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'flooded', code: '0c10', month: 7, year: 2019 }),
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(text);
  return (JSON.parse(text) as { id: string }).id;
}

/** @returns its state */
async function ended(url: string, id: string): Promise<string> {
  for (;;) {
    const response = await fetch(`${url}/runs/${id}`, { headers: known });
    const { state } = (await response.json()) as Run;
    if (!['queued', 'running'].includes(state)) return state;
    await sleep(500);
  }
}

/** The front end adds whoever is connected to it behind what he says himself. */
function sendOne(url: string, agent: Agent, number: number, addresses: number): Promise<string> {
  const { method, path, headers } = attempts[number % attempts.length] ?? {
    method: 'GET',
    path: '/',
    headers: {},
  };
  const forwarded = `10.0.0.${number % 250}, 203.0.113.${number % addresses}:50123`;
  const { promise, resolve } = Promise.withResolvers<string>();
  const sent = request(
    new URL(path, url),
    { method, agent, headers: { ...headers, 'x-forwarded-for': forwarded } },
    (response) => {
      response.resume();
      response.once('end', () => resolve(String(response.statusCode)));
    },
  );
  sent.once('error', () => resolve('none'));
  sent.end();
  return promise;
}
