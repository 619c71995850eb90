import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpTriggerMetadata } from '../../src/http/trigger-metadata.ts';

function metadata(body: string | undefined, query: string, parameters: Record<string, string>) {
  const found = httpTriggerMetadata({
    body,
    query: new URLSearchParams(query),
    parameters,
    headers: { host: 'h' },
  });
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [
      name,
      value.string ?? JSON.parse(value.json ?? ''),
    ]),
  );
}

test('route wins over query, query over body; all in one namespace', () => {
  assert.deepEqual(
    metadata('{"a":"body","b":"body","c":"body"}', 'a=query&b=query', { a: 'route' }),
    {
      a: 'route',
      b: 'query',
      c: 'body',
      Query: { a: 'query', b: 'query' },
      Headers: { host: 'h' },
    },
  );
});

test('the first spelling of a name stays', () => {
  const found = metadata('{"CODE":"body"}', '', { code: 'route' });
  assert.equal(found['CODE'], 'route');
  assert.equal('code' in found, false);
});

test('a member named headers takes the place of the headers', () => {
  assert.equal('Headers' in metadata(undefined, 'headers=x', {}), false);
});

test('members that are not objects become text, arrays and nulls are left out', () => {
  const { Query, Headers, ...members } = metadata(
    '{"n":7.5,"b":true,"o":{"x":1},"a":[1],"z":null}',
    '',
    {},
  );
  assert.deepEqual(members, { n: '7.5', b: 'True', o: { x: 1 } });
});

test('a function key is no binding data, and a body that is no JSON object gives none', () => {
  for (const body of ['[1]', 'text', '{broken}', '', undefined]) {
    assert.deepEqual(Object.keys(metadata(body, 'code=secret', {})), ['Query', 'Headers']);
  }
});
