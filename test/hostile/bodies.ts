/** Bodies that nobody should send: every structure, size, number and encoding, by a seed. */

import { between, pick, type Random } from '../support/random.ts';
import { bodyCanary, goodToken } from './canaries.ts';

const kibi = 1024;
/** The routes' limits, and what is read and thrown away beyond them. */
const limits = [64 * kibi, 2 * kibi * kibi, 4 * kibi * kibi];

const members = ['token', 'user', 'code', 'name', 'month', 'year'];
const queryMembers = ['select', 'where', 'orderby', 'groupby', 'fields', 'skip', 'take', 'class'];
const oddNames = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'headers',
  'Headers',
  'query',
  'params',
  'TOKEN',
  '',
  '\u0000',
  '\ud800',
  'a'.repeat(5000),
  'x-ms-invocation-id',
  'winstrom',
  'changes',
];
const numbers = [
  '1e999',
  '-1e999',
  '-0',
  '1E-999',
  '9'.repeat(400),
  `0.${'1'.repeat(5000)}`,
  '9007199254740993',
  '7.0',
  '07',
  '+7',
  '.5',
  '5.',
  '0x7',
  'NaN',
  'Infinity',
  '-',
  '1e',
  '1_000',
];
const texts = [
  '',
  ' ',
  bodyCanary,
  '\\u0000',
  '\\ud800',
  '\\udc00\\ud800',
  '\\x41',
  '\u2028',
  '\u202e',
  "'; DROP TABLE x; --",
  '$' + '{jndi:ldap://x}',
  '../../../etc/passwd',
  '%s%n%p',
  'é'.repeat(300),
  'ﬁ',
  '0c10\\n',
  'all',
  '\\r\\nX-Injected: 1',
];
const codes = ['0c10', '0c01', 'stek', 'all', 'flexi-demo', '0C10', 'none'];

type Make = (random: Random) => string | Buffer;

const kinds: Record<string, Make> = {
  empty: () => '',
  'white space': (random) => pick(random, [' ', '\n\t ', ' '.repeat(70_000)]),
  'any value': (random) => value(random, 4),
  'odd members': (random) => object(random, 3),
  'nearly good': (random) => {
    const good = ask(random);
    const member = pick(random, members);
    return good.replace(new RegExp(`"${member}":[^,}]+`), `"${member}":${value(random, 2)}`);
  },
  good: (random) => (random() < 0.02 ? ask(random) : ask(random).replace('2019', '1019')),
  'wrong token': (random) => ask(random).replace(goodToken, bodyCanary),
  twice: (random) => ask(random).replace('{', `{"token":${value(random, 1)},"code":[],`),
  query: (random) => query(random),
  hook: (random) => hook(random),
  deep: (random) => {
    const depth = pick(random, [63, 64, 65, 66, 1000, 5000, 30_000]);
    const [open, close] = pick(random, [
      ['[', ']'],
      ['{"a":', '}'],
      ['[{"a":', '}]'],
      ['{"__proto__":', '}'],
    ] as const);
    const inner = `${open.repeat(depth)}1${random() < 0.7 ? close.repeat(depth) : ''}`;
    return random() < 0.5 ? inner : `{"user":${inner},"token":"${goodToken}"}`;
  },
  'many values': (random) => {
    const item = pick(random, ['0,', '{},', '[],', '"",', 'null,', '{"a":1},']);
    return `{"changes":[${item.repeat(between(random, 1, 30_000))}0]}`;
  },
  'not JSON': (random) => {
    const whole = ask(random);
    const place = between(random, 0, whole.length);
    const odd = pick(random, ['\u0000', ',', '}', '"', '\\', '//', 'é', "'", '\ufeff', '\u00a0']);
    return whole.slice(0, place) + odd + whole.slice(place + between(random, 0, 1));
  },
  'cut JSON': (random) => {
    const whole = pick(random, [ask, query, hook])(random);
    return whole.slice(0, between(random, 0, whole.length));
  },
  form: () => `token=${goodToken}&user=x&code=0c10`,
  multipart: () =>
    `--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n${goodToken}\r\n--x--\r\n`,
  xml: () =>
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  'other encoding': (random) => {
    const text = ask(random);
    return pick<() => Buffer>(random, [
      () => Buffer.from(text, 'utf16le'),
      () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
      () => Buffer.from(text, 'utf16le').swap16(),
      () => Buffer.from(`\ufeff${text}`),
      () => Buffer.from(text.replace('me', 'é'), 'latin1'),
    ])();
  },
  'broken UTF-8': (random) => {
    const bytes = Buffer.from(ask(random));
    const odd = pick(random, [
      [0xff],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf8, 0x88, 0x80, 0x80, 0x80],
      [0xe2, 0x82],
      [0xf4, 0x90, 0x80, 0x80],
    ]);
    const place = between(random, 0, bytes.length);
    return Buffer.concat([bytes.subarray(0, place), Buffer.from(odd), bytes.subarray(place)]);
  },
  bytes: (random) =>
    Buffer.from(Array.from({ length: between(random, 1, 400) }, () => random() * 256)),
  /** The smallest limit mostly: the others cost much and teach the same. */
  'around a limit': (random) => {
    const limit = random() < 0.96 ? (limits[0] ?? 0) : pick(random, limits);
    const size = limit + between(random, -2, 2);
    const head = pick(random, ['{"user":"', '{"a":"', '"', '[[[[', '     ']);
    const fill = pick(random, ['x', '[', ' ', '{"":', '1']);
    return (head + fill.repeat(Math.ceil((size - head.length) / fill.length))).slice(0, size);
  },
};

/** A body, and the name of its kind. */
export function hostileBody(random: Random): { kind: string; bytes: Buffer } {
  const kind = pick(random, Object.keys(kinds));
  const made = kinds[kind]?.(random) ?? '';
  return { kind, bytes: Buffer.from(made) };
}

function ask(random: Random): string {
  return JSON.stringify({
    token: goodToken,
    user: 'me',
    code: pick(random, codes),
    name: pick(random, ['city', 'payment', 'equipment', 'none']),
    month: 7,
    year: 2019,
  });
}

function query(random: Random): string {
  const where = `{"id":"Code","value":${value(random, 2)}}`;
  return pick(random, [
    '{"select":["Code","Name"]}',
    `{"select":["Code"],"where":${where}}`,
    `{"select":["Code"],"where":${'{"operation":"and","left":'.repeat(between(random, 1, 70))}${where}`,
    `{"select":${value(random, 3)},"orderby":${value(random, 2)}}`,
    `{${queryMembers.map((name) => `"${name}":${value(random, 2)}`).join()}}`,
  ]);
}

function hook(random: Random): string {
  const version = random() < 0.5 ? '"1"' : value(random, 1);
  return `{"winstrom":{"@globalVersion":${version},"changes":${value(random, 3)},"next":${value(random, 1)}}}`;
}

function object(random: Random, depth: number): string {
  const names = [...oddNames, ...members, ...queryMembers];
  const pairs = Array.from({ length: between(random, 0, 8) }, () => {
    const name = JSON.stringify(pick(random, names));
    return `${name}:${value(random, depth)}`;
  });
  return `{${pairs.join()}}`;
}

function value(random: Random, depth: number): string {
  const choice = random();
  if (depth > 0 && choice < 0.2) return object(random, depth - 1).slice(0, 20_000);
  if (depth > 0 && choice < 0.4) {
    const items = Array.from({ length: between(random, 0, 5) }, () => value(random, depth - 1));
    return `[${items.join()}]`;
  }
  if (choice < 0.6) return pick(random, numbers);
  if (choice < 0.9) return `"${pick(random, [...texts, ...codes])}"`;
  return pick(random, ['null', 'true', 'false', 'undefined', 'nul', 'TRUE']);
}
