/** One hostile request as bytes on a wire, with its pauses and its end; by a seed. */

import { between, pick, type Random } from '../support/random.ts';
import { hostileBody } from './bodies.ts';
import { headers, requestLine, type Target } from './heads.ts';

export interface HostileRequest {
  /** What was odd about it, for a report. */
  kind: string;
  /** What is sent, in turn, `pauseMs` between one and the next. */
  pieces: Buffer[];
  pauseMs: number;
  /** Then: wait for the answers, say that no more is sent and wait, or break off. */
  end: 'wait' | 'half-close' | 'break off';
  /** More answers than this: something was smuggled in. */
  mostAnswers: number;
}

type Framing = (random: Random, body: Buffer) => { lines: string[]; body: Buffer };

const crlf = '\r\n';
const smuggled = `GET /runs?smuggled=1 HTTP/1.1${crlf}Host: x${crlf}Content-Length: 0${crlf}${crlf}`;

const framings: Record<string, Framing> = {
  length: (_, body) => ({ lines: [`Content-Length: ${body.length}`], body }),
  chunked: (random, body) => ({
    lines: ['Transfer-Encoding: chunked'],
    body: chunks(random, body),
  }),
  'broken chunks': (random, body) => ({
    lines: ['Transfer-Encoding: chunked'],
    body: brokenChunks(random, body),
  }),
  'longer than told': (random, body) => ({
    lines: [`Content-Length: ${Math.max(0, body.length - between(random, 1, 50))}`],
    body,
  }),
  'shorter than told': (random, body) => ({
    lines: [`Content-Length: ${body.length + pick(random, [1, 50, 100_000])}`],
    body,
  }),
  'odd length': (random, body) => ({
    lines: [
      pick(random, [
        'Content-Length: -1',
        'Content-Length: +5',
        'Content-Length: 0x5',
        'Content-Length: 5, 5',
        'Content-Length: 5\r\nContent-Length: 6',
        'Content-Length: 99999999999999999999',
        'Content-Length: 999999999',
        'Content-Length: 1e3',
        'Content-Length:',
        'Content-Length : 5',
      ]),
    ],
    body,
  }),
  'length and chunks': (random, body) => ({
    lines: pick(random, [
      [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'],
      ['Transfer-Encoding: chunked', 'Content-Length: 4'],
      ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity', 'Content-Length: 3'],
      ['Transfer-Encoding: xchunked', `Content-Length: ${body.length}`],
      ['Transfer-Encoding : chunked', `Content-Length: ${body.length}`],
      ['Transfer-Encoding: chunked, gzip', 'Content-Length: 3'],
      ['Transfer-Encoding:\u000bchunked', 'Content-Length: 3'],
    ]),
    body: Buffer.concat([Buffer.from(`0${crlf}${crlf}${smuggled}`), body]),
  }),
  none: (_, body) => ({ lines: [], body: body.subarray(0, 0) }),
};

/** Where the framing is whole there is one answer; nothing is known of the others. */
const framingChoices = [
  ...Array.from({ length: 24 }, () => 'length'),
  ...Array.from({ length: 12 }, () => 'chunked'),
  ...Object.keys(framings),
];

export function hostileRequest(random: Random, targets: readonly Target[]): HostileRequest {
  const choice = random();
  if (choice < 0.03) return pipelined(random, targets);
  if (choice < 0.05) return noise(random);
  const one = single(random, targets);
  return { ...one, ...ending(random, one) };
}

interface Single {
  kind: string;
  pieces: Buffer[];
  mostAnswers: number;
  isWhole: boolean;
}

function single(random: Random, targets: readonly Target[]): Single {
  const [method, target] = requestLine(random, targets);
  const framing = pick(random, framingChoices);
  const content = hostileBody(random);
  const framed = framings[framing]?.(random, content.bytes) ?? { lines: [], body: content.bytes };
  const version =
    random() < 0.97 ? 'HTTP/1.1' : pick(random, ['HTTP/1.0', 'HTTP/2.0', 'HTTP/9', '']);
  const lines = [`${method} ${target} ${version}`, ...headers(random), ...framed.lines, '', ''];
  const head = Buffer.from(lines.join(random() < 0.99 ? crlf : '\n'), 'latin1');
  const isSure = ['length', 'chunked', 'length and chunks'].includes(framing);
  return {
    kind: `${framing}, ${content.kind}`,
    pieces: [head, framed.body],
    mostAnswers: isSure ? 1 : 4,
    isWhole: !['shorter than told', 'odd length', 'broken chunks'].includes(framing),
  };
}

function ending(
  random: Random,
  { pieces, isWhole }: Single,
): Pick<HostileRequest, 'pieces' | 'pauseMs' | 'end'> {
  const all = Buffer.concat(pieces);
  const choice = random();
  if (choice < 0.08) {
    // Cut off anywhere, mostly behind the head.
    const from = random() < 0.3 ? 0 : Math.min(pieces[0]?.length ?? 0, all.length);
    const cut = all.subarray(0, between(random, from, all.length));
    const end = pick(random, ['half-close', 'break off', 'break off'] as const);
    return { pieces: split(random, cut, 2), pauseMs: pick(random, [0, 5, 40]), end };
  }
  // Where more is awaited than comes, the end must be told, but for a few that wait for the app's
  // patience.
  const end =
    isWhole || random() < 0.002 ? 'wait' : pick(random, ['half-close', 'break off'] as const);
  if (choice < 0.13)
    return { pieces: split(random, all, 8), pauseMs: pick(random, [1, 10, 60]), end };
  return { pieces: [all], pauseMs: 0, end: random() < 0.05 ? 'half-close' : end };
}

function pipelined(random: Random, targets: readonly Target[]): HostileRequest {
  const count = between(random, 2, 8);
  const requests = Array.from({ length: count }, () => {
    const { method, template } = pick(random, targets);
    const path = template.replaceAll(/\{\w+\}/g, 'x');
    const verb = random() < 0.7 ? 'GET' : method;
    return `${verb} /${path} HTTP/1.1${crlf}Host: x${crlf}Content-Length: 0${crlf}${crlf}`;
  });
  return {
    kind: 'pipelined',
    pieces: [Buffer.from(requests.join(''))],
    pauseMs: 0,
    end: pick(random, ['wait', 'half-close', 'half-close', 'break off'] as const),
    mostAnswers: count,
  };
}

/** What is no HTTP at all. */
function noise(random: Random): HostileRequest {
  const bytes = pick<() => Buffer>(random, [
    () => Buffer.from(Array.from({ length: between(random, 1, 300) }, () => random() * 256)),
    () => Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]),
    () => Buffer.from(`PRI * HTTP/2.0${crlf}${crlf}SM${crlf}${crlf}`),
    () => Buffer.from(crlf.repeat(between(random, 1, 100))),
    () => Buffer.from(`GET /${'a'.repeat(20_000)}`),
    () => Buffer.from(''),
  ])();
  const end = pick(random, ['half-close', 'break off'] as const);
  return { kind: 'noise', pieces: [bytes], pauseMs: 0, end, mostAnswers: 100 };
}

function chunks(random: Random, body: Buffer): Buffer {
  const parts: Buffer[] = [];
  const extension = pick(random, ['', '', ';a=b', `;${'x'.repeat(200)}`, ';a="\\"]"']);
  let place = 0;
  while (place < body.length) {
    const size = Math.min(body.length - place, pick(random, [1, 7, 1000, 20_000, 1_000_000]));
    // Not a chunk for each byte of megabytes.
    const piece = body.subarray(place, place + Math.max(size, Math.ceil(body.length / 200)));
    const digits = pick(random, [
      piece.length.toString(16),
      piece.length.toString(16).toUpperCase(),
      `00${piece.length.toString(16)}`,
    ]);
    parts.push(Buffer.from(`${digits}${extension}${crlf}`), piece, Buffer.from(crlf));
    place += piece.length;
  }
  const trailer = pick(random, ['', '', `Authorization: Bearer x${crlf}`, `X-T: y${crlf}`]);
  return Buffer.concat([...parts, Buffer.from(`0${crlf}${trailer}${crlf}`)]);
}

function brokenChunks(random: Random, body: Buffer): Buffer {
  const size = body.length.toString(16);
  const [before, after] = pick(random, [
    [`${size}${crlf}`, crlf],
    [`-1${crlf}`, `${crlf}0${crlf}${crlf}`],
    [`ffffffffffffffffff${crlf}`, ''],
    [`0x${size}${crlf}`, `${crlf}0${crlf}${crlf}`],
    [`${size}\n`, `\n0\n\n`],
    [`${size}${crlf}`, `xx0${crlf}${crlf}`],
    ['', ''],
    [`${size};${'e'.repeat(20_000)}${crlf}`, `${crlf}0${crlf}${crlf}`],
    [`${size}${crlf}`, `${crlf}0${crlf}X: ${'t'.repeat(20_000)}${crlf}${crlf}`],
  ] as const);
  return Buffer.concat([Buffer.from(before), body, Buffer.from(after)]);
}

function split(random: Random, bytes: Buffer, most: number): Buffer[] {
  const places = Array.from({ length: between(random, 0, most - 1) }, () =>
    between(random, 0, bytes.length),
  );
  const edges = [0, ...places.sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}
