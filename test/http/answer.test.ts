/** Who gets text and who gets JSON, where an answer may be either. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import functions, { type HttpResponseInit } from '@azure/functions';
import type { Representation } from '../../shared/http/accept.ts';
import { refusal, textOrJson } from '../../shared/http/answer.ts';
import { HttpProblem } from '../../shared/http/problem.ts';

const cases: [accept: string | undefined, otherwise: Representation, isJson: boolean][] = [
  [undefined, 'text', false],
  [undefined, 'json', true],
  ['*/*', 'text', false],
  ['application/json', 'text', true],
  ['text/plain', 'json', false],
  ['text/plain;q=0.5, application/json', 'text', true],
];

function assertSent(sent: HttpResponseInit, type: string, body: string): void {
  const headers = new Headers(sent.headers as Record<string, string>);
  assert.equal(headers.get('content-type'), `${type}; charset=utf-8`);
  assert.equal(headers.get('vary'), 'Accept');
  assert.ok(String(sent.body).includes(body), String(sent.body));
}

for (const [accept, otherwise, isJson] of cases) {
  test(`${accept ?? 'no Accept'}, otherwise ${otherwise}: ${isJson ? 'JSON' : 'text'}`, () => {
    const request = new functions.HttpRequest({
      url: 'http://localhost/',
      method: 'GET',
      headers: accept === undefined ? {} : { accept },
    });
    const answer = textOrJson(request, 'said', { said: true }, { otherwise });
    assertSent(
      answer,
      isJson ? 'application/json' : 'text/plain',
      isJson ? '{"said":true}' : 'said',
    );
    const refused = refusal(request, new HttpProblem('not-found', 'None.'), otherwise);
    assert.equal(refused.status, 404);
    const type = isJson ? 'application/problem+json' : 'text/plain';
    assertSent(refused, type, isJson ? '"detail":"None."' : 'None.');
  });
}
