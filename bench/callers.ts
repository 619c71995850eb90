/**
 * What one caller's two hundred requests at once do to another caller, who sends one after the other:
 * the built app under the local host, with real storage, each caller in a process of its own. Rounds
 * with and without the two hundred take turns, so that whatever else the machine does falls on both;
 * so do two builds where `--against` names another.
 *
 * Prints medians, within what 95 of 100 are answered, and their ratio (goal: under 4).
 */

import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startAzurite } from 'stand-in-kit/azurite';
import { commandLine } from '../shared/command-line/command-line.ts';
import { numberAboveZero } from '../shared/command-line/options.ts';
import { type BenchHost, buildApp, idle, startHost } from './host.ts';

const { against, bursts, rounds, size } = commandLine({
  name: 'npm run bench:callers --',
  what: 'What one caller’s many requests at once do to another caller.',
  options: {
    against: {
      type: 'text',
      value: 'DIR',
      help: 'another copy of this folder, built: measured, too',
    },
    size: { ...numberAboveZero('requests at once'), default: 200 },
    bursts: {
      ...numberAboveZero('how often a round, one when the one before is answered'),
      default: 5,
    },
    rounds: { ...numberAboveZero('with them, and as many without'), default: 5 },
  },
});

/** Between two requests of the other caller, in milliseconds. */
const pauseMs = 20;

const calls = [{ code: '0c10', name: 'payment', month: 7, year: 2019 }];
const bodies = {
  /** A plan: what is computed, and what storage is asked. */
  plan: { path: '/runs?dry=true', body: JSON.stringify({ user: 'bench', calls }) },
  list: { path: '/runs?limit=10', body: undefined },
  codes: { path: '/valid_codes', body: undefined },
};
type Kind = keyof typeof bodies;
const kinds = Object.keys(bodies) as Kind[];

/** In a process of a caller. */
interface Told {
  url: string;
  kind: Kind;
  does: 'burst' | 'one by one' | 'stop';
}

async function caller(token: string): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  const ask = async (url: string, kind: Kind): Promise<number> => {
    const { path, body } = bodies[kind];
    const since = performance.now();
    const sent = request(new URL(path, url), {
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body && { 'content-type': 'application/json' }),
      },
    });
    sent.end(body);
    const [response] = await once(sent, 'response');
    const text = await textOf(response);

    if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${text}`);
    return performance.now() - since;
  };
  let isStopped = false;
  process.on('message', async ({ url, kind, does }: Told) => {
    if (does === 'stop') isStopped = true;
    else if (does === 'burst') {
      await Promise.all(Array.from({ length: size }, () => ask(url, kind)));
      process.send?.('done');
    } else {
      isStopped = false;
      const took: number[] = [];
      while (!isStopped) {
        took.push(await ask(url, kind));
        await sleep(pauseMs);
      }
      process.send?.(took);
    }
  });
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

function told(took: readonly number[]): string {
  return `${at(took, 0.5).toFixed(1)} ms, 95 of 100 within ${at(took, 0.95).toFixed(1)} ms`;
}

/** Milliseconds. */
interface Round {
  /** Of the other caller's requests. */
  alone: number[];
  beside: number[];
  /** Until all requests of a burst were answered. */
  whole: number[];
}

/** What the process of a caller says next. @throws Error where it has ended */
async function said(child: ChildProcess): Promise<unknown> {
  const done = new AbortController();
  const { signal } = done;
  const ended = once(child, 'exit', { signal }).then(() => {
    throw new Error('a caller’s process has ended');
  });
  ended.catch(() => {});
  try {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  } finally {
    done.abort();
  }
}

const names = ['greedy', 'other'] as const;

async function measure(): Promise<void> {
  await buildApp();
  const azurite = await startAzurite();
  const tokens = names.map((name) => ({
    ...{ name, codes: ['*'], connections: ['*'], roles: ['read', 'run'] },
    sha256: createHash('sha256').update(name).digest('hex'),
  }));
  const environment = {
    ...idle,
    API_TOKENS: JSON.stringify(tokens),
    REQUESTS_PER_CALLER: '1000000',
  };
  const builds = new Map<string, BenchHost>();
  if (against !== undefined) {
    builds.set(against, await startHost(azurite.connectionString, environment, against));
  }
  builds.set('this', await startHost(azurite.connectionString, environment));
  const [greedy, other] = names.map((name) =>
    fork(fileURLToPath(import.meta.url), ['--size', String(size)], {
      env: { ...process.env, CALLER: name },
    }),
  ) as [ChildProcess, ChildProcess];
  const tell = (child: ChildProcess, told: Told) => child.send(told);
  /** How long the other caller's requests took while `meanwhile` goes on. */
  const seen = async (url: string, kind: Kind, meanwhile: () => Promise<void>) => {
    tell(other, { url, kind, does: 'one by one' });
    await meanwhile();
    const took = said(other);
    tell(other, { url, kind, does: 'stop' });
    return (await took) as number[];
  };
  const burst = async (url: string, kind: Kind) => {
    const since = performance.now();
    tell(greedy, { url, kind, does: 'burst' });
    await said(greedy);
    return performance.now() - since;
  };
  const round = async (url: string, kind: Kind): Promise<Round> => {
    const alone = await seen(url, kind, () => sleep(1_500));
    const whole: number[] = [];
    const beside = await seen(url, kind, async () => {
      for (let count = 0; count < bursts; count += 1) whole.push(await burst(url, kind));
    });
    return { alone, beside, whole };
  };
  try {
    for (const kind of kinds) {
      const seenOf = new Map<string, Round>();
      for (let number = 0; number <= rounds; number += 1) {
        for (const [name, { url }] of builds) {
          const { alone, beside, whole } = await round(url, kind);
          // Code, connections and emulator are warm after the first.
          const before = (number > 1 && seenOf.get(name)) || { alone: [], beside: [], whole: [] };
          seenOf.set(name, {
            alone: [...before.alone, ...alone],
            beside: [...before.beside, ...beside],
            whole: [...before.whole, ...whole],
          });
        }
      }
      for (const [name, { alone, beside, whole }] of seenOf) {
        console.log(
          `${kind}, ${name}: alone ${told(alone)}; beside ${size} at once ${told(beside)}, ${(at(beside, 0.95) / at(alone, 0.95)).toFixed(1)} times; all ${size} answered in ${at(whole, 0.5).toFixed(0)} ms`,
        );
      }
    }
  } finally {
    for (const child of [greedy, other]) child.kill();
    for (const host of builds.values()) await host.close();
    await azurite.close();
  }
}

const token = process.env['CALLER'];
await (token === undefined ? measure() : caller(token));
