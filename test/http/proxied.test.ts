import assert from 'node:assert/strict';
import { describe, mock, test } from 'node:test';
import { admit } from '../../shared/http/proxied/door.ts';
import { fitsRoute, routeValues } from '../../shared/http/proxied/head.ts';

describe('the parameters of a route', () => {
  const cases: [route: string, target: string, values: Record<string, string>][] = [
    ['runs/{id}', '/runs/a', { id: 'a' }],
    ['runs/{id}', '/RUNS/a/?id=b&ID=c', { id: 'a' }],
    ['runs/{id}/log', '/runs/a%20b/log', { id: 'a b' }],
    ['{connection}/dynsql/{id}', '/ab/dynsql/x', { connection: 'ab', id: 'x' }],
    ['{code}/valid_names', '/%D0%B0/valid_names', { code: 'а' }],
    // An escaped slash stays one segment, as in the host; what is no escape stays as it is.
    ['{code}/valid_names', '/a%2Fb%2f/valid_names', { code: 'a%2Fb%2f' }],
    ['{code}/valid_names', '/%zz/valid_names', { code: '%zz' }],
    ['{code}/valid_names', '/__proto__/valid_names', { code: '__proto__' }],
    // Behind the prefix of host.json.
    ['runs/{id:guid?}', '/api/runs/a', { id: 'a' }],
    ['valid_codes', '/valid_codes?code=x', {}],
  ];
  for (const [route, target, values] of cases) {
    test(`${route} in ${target}`, () => {
      assert.deepEqual(routeValues(route, target), values);
      assert.ok(fitsRoute(route, target));
    });
  }

  test('paths of other routes do not fit', () => {
    for (const target of ['/', '/runs', '/runs/a', '/flexibee/a/log', '/runs//log']) {
      assert.equal(fitsRoute('runs/{id}/log', target), false, target);
    }
  });
});

test('an invocation whose request never comes ends', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  t.after(() => mock.timers.reset());
  const waiting = admit({ invocationId: 'id', clientsName: undefined, fits: () => true });
  mock.timers.tick(15_000);
  await assert.rejects(waiting, /its client has gone/);
});
