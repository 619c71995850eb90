/** The time that questions may take: what a database does not answer is asked alone, then given up. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Databases } from '../../shared/database/databases.ts';
import { Questions } from '../../shared/sync/database-questions.ts';

const never = new AbortController().signal;

type Answers = Databases['answers'];

test('each answer of a request starts its thirty seconds anew', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const under = Promise.withResolvers<{ tell: Parameters<Answers>[2]; signal: AbortSignal }>();
  let requests = 0;
  const answers: Answers = async (_id, _asked, tell, signal) => {
    requests += 1;
    if (requests === 1) {
      // So fast that the two after it are one request.
      tell(0, { value: 'first' });
      return 1;
    }
    under.resolve({ tell, signal });
    return await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  const alone: string[] = [];
  const query = async (_id: string, sql: string) => {
    alone.push(sql);
    return [{ newest: 'by itself' }];
  };
  const questions = new Questions({ answers, query } as unknown as Databases, 'ab');
  const ask = (sql: string) => questions.ask({ sql, parameters: [] }, never, () => false);
  assert.deepEqual(await ask('SELECT 1'), { value: 'first' });
  const both = [ask('SELECT 2'), ask('SELECT 3')];
  const { tell, signal } = await under.promise;
  t.mock.timers.tick(29_999);
  tell(0, { value: 'late' });
  assert.deepEqual(await both[0], { value: 'late' });
  t.mock.timers.tick(29_999);
  assert.equal(signal.aborted, false);
  t.mock.timers.tick(1);
  assert.match(String(signal.reason), /There was no answer within 30 s/);
  assert.deepEqual(await both[1], { value: 'by itself' });
  assert.deepEqual(alone, ['SELECT 3']);
});
