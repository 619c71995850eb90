/** Request lines and headers, good and odd, by a seed. */

import { between, pick, type Random } from '../support/random.ts';
import { goodToken, hookSecret, queryCanary, tokenCanary } from './canaries.ts';

/** A path of the app, its parameters filled in, and whether it takes a body. */
export interface Target {
  method: string;
  template: string;
}

const values = [
  '0c10',
  'all',
  'flexi-demo',
  'demodata',
  'ab',
  'payment',
  '01B4XCTHYNDL3C5P00CA141B44',
  'zd38m9z2l-b5hscz',
  '%2e%2e',
  '..%2f..%2fetc',
  '%00',
  '%',
  '%zz',
  '%ff%fe',
  '%c3%28',
  '%ed%a0%80',
  '%F0%9F%98%80',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'a'.repeat(3000),
  '%2F',
  '+',
  ' ',
  "'--",
  '%0d%0aX-Injected:%201',
  'é',
  '*',
  '~',
  '.',
  ';a=b',
];

const methods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];
const oddMethods = ['get', 'CONNECT', 'M-SEARCH', 'QUERY', 'FOO', 'G\u0000T', '', 'PRI', 'LINK'];

const queries = [
  '',
  '?',
  '?pretty',
  '?pretty=1&pretty=2',
  '?dry=true',
  '?dry=maybe',
  '?limit=1e9',
  '?limit=200',
  '?limit=-1',
  '?from=%00',
  '?from=999999999999999999999',
  '?from=/../../x',
  '?stage=%27',
  '?report=none',
  `?secret=${queryCanary}`,
  `?secret=${hookSecret}`,
  '?headers=x&query=y&params=z',
  '?NAME=x&ID=y&CODE=z&__proto__=1',
  '?%',
  '?%ff=%fe',
  '?=',
  '?&&&=&',
  '?constructor[prototype][x]=1',
  '#fragment',
  '?a=1?b=2#c',
];

/** The request line's method and target. */
export function requestLine(random: Random, targets: readonly Target[]): [string, string] {
  const { method, template } = pick(random, targets);
  const path = template.replaceAll(/\{\w+\}/g, () => pick(random, values));
  const isPlain = random() < 0.75;
  const chosen = isPlain ? method : pick(random, random() < 0.8 ? methods : oddMethods);
  const target = `/${path}${query(random)}`;
  return [chosen, random() < 0.9 ? target : oddTarget(random, target)];
}

function query(random: Random): string {
  const choice = random();
  if (choice < 0.5) return '';
  if (choice < 0.98) return pick(random, queries);
  const pair = `a${between(random, 0, 9)}=${'x'.repeat(between(random, 0, 50))}&`;
  return `?${pair.repeat(between(random, 1, 400))}`;
}

function oddTarget(random: Random, target: string): string {
  return pick(random, [
    `http://elsewhere.example${target}`,
    `https://user:${tokenCanary}@elsewhere.example:99999${target}`,
    `http://[::1${target}`,
    'http://',
    `//elsewhere.example${target}`,
    `/.${target}`,
    `/x/..${target}`,
    `/%2e%2e${target}`,
    `${target}/`,
    target.replaceAll('/', '//'),
    target.replaceAll('/', '\\'),
    target.toUpperCase(),
    '*',
    '/',
    'elsewhere.example:443',
    target.slice(1),
    `/${'../'.repeat(50)}${target}`,
    `/${'a/'.repeat(3000)}`,
    '/admin/host/status',
    '/runtime/webhooks/x',
  ]);
}

const authorizations = [
  ...Array.from({ length: 9 }, () => `Bearer ${goodToken}`),
  `Bearer ${tokenCanary}`,
  'Bearer ',
  'Bearer',
  `bearer  ${goodToken}`,
  `Basic ${Buffer.from(`x:${tokenCanary}`).toString('base64')}`,
  `Bearer ${goodToken}, Bearer ${tokenCanary}`,
  `Bearer ${'x'.repeat(6000)}`,
  'Bearer \u00e9\u00ff',
  `Bearer ${goodToken}\u0000`,
  `Digest username="${tokenCanary}"`,
];

const contentTypes = [
  ...Array.from({ length: 9 }, () => 'application/json'),
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'application/json; charset="',
  'APPLICATION/JSON;charset=UTF-8',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/octet-stream',
  '',
  ';;;',
  'application/json, text/plain',
  `application/${'j'.repeat(3000)}`,
  '\u00ff\u00fe',
];

/** Further lines of a head, each as it goes out. */
const oddHeaders = [
  'X-Ms-Invocation-Id: 00000000-0000-0000-0000-000000000000',
  'x-ms-invocation-id: a\r\nx-ms-invocation-id: b',
  'x-ms-invocation-id:',
  'Expect: 100-continue',
  'Expect: 200-maybe',
  'Connection: close',
  'Connection: authorization, content-type, content-length',
  'Connection: x-ms-invocation-id, x-forwarded-host',
  'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13',
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
  'Host: second.example',
  'X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: javascript',
  'X-Original-URL: /runs',
  'X-Rewrite-URL: /runs',
  'X-HTTP-Method-Override: DELETE',
  'Accept: text/html',
  'Accept: application/pdf',
  'Accept: application/json;q=abc, */*;q=-1',
  `Accept: ${'a/b;q=0.1,'.repeat(500)}`,
  'Accept: ,,,;;;',
  'Accept-Encoding: gzip, br;q=1, identity;q=0',
  'Content-Encoding: gzip',
  'Content-Encoding: br, br, br',
  'Range: bytes=0-0,5-,-1',
  'If-None-Match: *',
  'Origin: null',
  'Origin: http://evil.example\r\nAccess-Control-Request-Method: POST',
  'Cookie: a=b; __proto__=c',
  'Traceparent: 00-zz-zz-zz',
  'Traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  `X-FB-Hook-SecKey: ${hookSecret}`,
  `X-FB-Hook-SecKey: ${tokenCanary}`,
  'X-FB-Hook-SecKey: x\r\nX-FB-Hook-SecKey: y',
  `X-Long: ${'y'.repeat(17_000)}`,
  Array.from({ length: 300 }, (_, index) => `X-${index}: z`).join('\r\n'),
  '__proto__: x',
  'constructor: x',
  ' folded: line',
  'X-Folded: a\r\n b',
  'No colon',
  'X Space: y',
  'X-Null: \u0000',
  'X-Bare: a\rb',
  ': nameless',
  'TE: trailers\r\nTrailer: Authorization',
  'Keep-Alive: timeout=-1, max=0',
  'Max-Forwards: 0',
];

/** Lines between the request line and those that frame the body. */
export function headers(random: Random): string[] {
  const lines: string[] = [];
  if (random() < 0.98) {
    const isPlain = random() < 0.95;
    lines.push(`Host: ${isPlain ? '127.0.0.1' : pick(random, ['', 'a b', '[', 'x:99999'])}`);
  }
  if (random() < 0.85) lines.push(`Authorization: ${pick(random, authorizations)}`);
  if (random() < 0.05) lines.push(`Authorization: Bearer ${goodToken}`);
  if (random() < 0.9) lines.push(`Content-Type: ${pick(random, contentTypes)}`);
  if (random() < 0.05) lines.push('Content-Type: text/plain');
  const odd = random() < 0.6 ? 0 : between(random, 1, 2);
  for (let count = 0; count < odd; count += 1) lines.push(pick(random, oddHeaders));
  return lines;
}
