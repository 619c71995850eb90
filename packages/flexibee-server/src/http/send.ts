/** Writes an answer, whole or broken. */

import type { ServerResponse } from 'node:http';
import { escapeXml, writeXml } from '../xml/element.ts';
import type { Answer, RawBody } from './answer.ts';
import { contentTypes, type Format } from './format.ts';
import { htmlPage } from './html.ts';

const garbage = '\u0000\ufffd<<<{"winstrom": Proxy Error';

export function send(
  response: ServerResponse,
  answer: Answer,
  format: Format,
  broken?: 'truncated' | 'cut' | 'garbage',
): void {
  const { contentType, bytes: whole } =
    broken === 'garbage'
      ? { contentType: contentTypes[format], bytes: Buffer.from(garbage, 'utf8') }
      : bodyOf(answer, format);
  const half = whole.subarray(0, Math.floor(whole.length / 2));
  const body = broken === 'cut' ? half : whole;
  response.writeHead(broken === 'garbage' ? 200 : answer.status, {
    'content-type': contentType,
    'content-length': body.length,
    'cache-control': 'private, max-age=0, no-cache',
    vary: 'Accept',
    ...answer.headers,
  });
  if (broken === 'truncated') response.write(half, () => response.destroy());
  else response.end(body);
}

function bodyOf(answer: Answer, format: Format): RawBody {
  if (answer.raw !== undefined) return answer.raw;
  // A refusal of a table is told in words.
  const told = format === 'csv' ? 'json' : format;
  return { contentType: contentTypes[told], bytes: Buffer.from(written(answer, told), 'utf8') };
}

function written(answer: Answer, format: Format): string {
  if (format === 'json') return JSON.stringify(answer.json());
  if (format === 'xml') return writeXml(answer.xml());
  if (answer.html) return answer.html();
  const json = JSON.stringify(answer.json(), undefined, 2);
  return htmlPage('ABRA Flexi', `<pre>${escapeXml(json)}</pre>`);
}
