/**
 * What bodies cost that somebody sends who means no good, against `JSON.parse` of ordinary JSON of
 * the same size. Processor time beyond a call with an
 * empty object, medians.
 */

import sample from '../local.settings.sample.json' with { type: 'json' };
import { commandLine } from '../shared/command-line/command-line.ts';
import { call, testApp } from '../test/functions/app.ts';

commandLine({
  name: 'npm run bench:bodies --',
  what: `What bodies cost that somebody sends who means no good, against JSON.parse of ordinary JSON of
the same size.`,
  options: {},
});

const kilobytes = 1024;
const megabytes = 1024 * kilobytes;
/** More than this is too much. */
const worst = 3;

interface Target {
  name: string;
  size: number;
  headers: Record<string, string>;
  params?: Record<string, string>;
}

const authorization = 'Bearer demo-token';
const targets: Target[] = [
  { name: 'entity_sync', size: 64 * kilobytes, headers: { authorization } },
  {
    name: 'dynsql_exec',
    size: 4 * megabytes,
    headers: { authorization },
    params: { connection: 'ab', id: '01B4XCTHYNDL3C5P00CA141B44' },
  },
  {
    name: 'hook',
    size: 2 * megabytes,
    headers: { 'x-fb-hook-seckey': sample.Values.FLEXIBEE_HOOK_SECRET },
    params: { company: 'flexi-demo' },
  },
];

/** As many of `unit` as fit between `open` and `close`, with commas. */
function filled(size: number, open: string, unit: string, close: string): string {
  const count = Math.floor((size - open.length - close.length) / (unit.length + 1));
  return `${open}${Array(count).fill(unit).join(',')}${close}`;
}

const bodies: Record<string, (size: number) => string> = {
  'brackets that open': (size) => '['.repeat(size),
  'a member 5,000 deep': (size) => `{"user":${'['.repeat(Math.min(5_000, size - 9))}`,
  'empty objects': (size) => filled(size, '{"where":[', '{}', ']}'),
  'empty objects in a hook': (size) => filled(size, '{"winstrom":{"changes":[', '{}', ']}}'),
  'empty objects in a hook that is one': (size) =>
    filled(size, '{"winstrom":{"@globalVersion":1,"next":"none","changes":[', '{}', ']}}'),
  changes: (size) =>
    filled(
      size,
      '{"winstrom":{"@globalVersion":1,"next":"none","changes":[',
      '{"@evidence":"a","@in-version":1,"@operation":"create","id":1}',
      ']}}',
    ),
  'unknown keys': (size) => {
    const members = Array.from({ length: Math.floor(size / 16) }, (_, n) => `"selec${n}":1`);
    return `{${members.join(',')}}`.slice(0, size);
  },
  'unknown keys, whole': (size) => {
    const members = Array.from(
      { length: Math.min(90_000, Math.floor(size / 16)) },
      (_, n) => `"selec${n}":1`,
    );
    return `{${members.join(',')}}`;
  },
  'unknown fields': (size) => filled(size, '{"select":[', '"Cod"', ']}'),
  'long numbers': (size) => filled(size, '{"select":[', '1234567890.12345670', ']}'),
  'one number': (size) => `{"top":${'9'.repeat(size - 8)}}`,
  'one text': (size) => `{"user":"${'u'.repeat(size - 11)}"}`,
  'escapes, not closed': (size) => `{"user":"${'\\"'.repeat(size / 2 - 8)}`,
  'blanks and a slip': (size) => `${'\n'.repeat(size - 1)}x`,
};

function cpuMs(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Milliseconds of processor time. */
async function cost(work: () => unknown): Promise<number> {
  const costs: number[] = [];
  for (const deadline = Date.now() + 300; costs.length < 5 || Date.now() < deadline; ) {
    const start = process.cpuUsage();
    await work();
    costs.push(cpuMs(start));
  }
  return median(costs);
}

function ordinary(size: number): string {
  const row = (n: number) => ({ Code: `C${n}`, Name: 'As long as names are', Amount: n * 1.21 });
  return JSON.stringify(Array.from({ length: Math.floor(size / 56) }, (_, n) => row(n)));
}

/** Of the body itself, where it is JSON, if that costs more. */
async function parsing(body: string, usual: number): Promise<number> {
  try {
    JSON.parse(body);
  } catch {
    return usual;
  }
  return Math.max(usual, await cost(() => JSON.parse(body)));
}

const app = testApp();
for (const { name, size, headers, params } of targets) {
  const request = (string: string) =>
    call(app, name, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(params && { params }),
      body: { string },
    });
  const rows = ordinary(size);
  const usual = await cost(() => JSON.parse(rows));
  const empty = await cost(() => request('{}'));
  console.log(
    `\n${name}, ${size / kilobytes} KiB: JSON.parse ${usual.toFixed(2)} ms, {} ${empty.toFixed(2)} ms`,
  );
  for (const [what, make] of Object.entries(bodies)) {
    const body = make(size);
    const { status } = await request(body);
    const beyond = (await cost(() => request(body))) - empty;
    const ratio = beyond / (await parsing(body, usual));
    const mark = ratio > worst ? ' !' : '';
    console.log(
      `  ${what.padEnd(38)} ${status} ${beyond.toFixed(2).padStart(8)} ms ${ratio.toFixed(2)}${mark}`,
    );
  }
}
