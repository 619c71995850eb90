import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations } from '../../functions/route.ts';
import { routes } from '../../functions/routes/index.ts';
import { openApiDocument } from '../../shared/http/openapi.ts';
import { type Answered, describedBy } from './described.ts';

const document = openApiDocument(routes.flatMap((route) => operations(route, false)));
const describes = describedBy(JSON.parse(JSON.stringify(document)));

const authorization = 'Bearer demo-token';
const json = { authorization, 'content-type': 'application/json' };
const body = '{"user":"me","code":"0c10","name":"city"}';
const accepted: Answered = {
  method: 'POST',
  path: '/entity_sync',
  status: 202,
  headers: new Headers({
    'content-type': 'text/plain',
    location: '/runs/zd38m9z2l-b5hscz',
    vary: 'Accept',
    'time-zone': 'Europe/Prague',
  }),
  asked: { headers: new Headers(json), body },
};

test('a request that was accepted as it is described', () => describes(accepted));

const others: [what: string, change: Partial<Answered>, told: RegExp][] = [
  ['a query parameter', { path: '/entity_sync?limit=1' }, /query parameter limit is not described/],
  ['a value of one', { path: '/entity_sync?pretty=yes' }, /asked with pretty: .* allowed values/],
  ['no body', { asked: { headers: new Headers(json) } }, /there is no body/],
  [
    'another body',
    { asked: { headers: new Headers(json), body: '{"user":1}' } },
    /asked with its body: .*user must be string/,
  ],
  [
    'a body of another type',
    { asked: { headers: new Headers({ ...json, 'content-type': 'text/plain' }), body } },
    /a body of text\/plain is not described/,
  ],
  [
    'nobody’s',
    { asked: { headers: new Headers({ 'content-type': 'application/json' }), body } },
    /nobody said who asks/,
  ],
];
for (const [what, change, told] of others) {
  test(`a request that was accepted with ${what} is told`, () => {
    assert.throws(() => describes({ ...accepted, ...change }), told);
  });
}
