/**
 * What the database layer promises, on the stand-in and, when SQLSERVER_URL holds the connection
 * string of an administrator, on that server too: it gets a schema `contract` and a role.
 */

import { after, describe } from 'node:test';
import { calls } from './calls.ts';
import { cancelling } from './cancelling.ts';
import { errors } from './errors.ts';
import { failures } from './failures.ts';
import { installing } from './installing.ts';
import { pools } from './pools.ts';
import { rights } from './rights.ts';
import { sessions } from './sessions.ts';
import { streams } from './streams.ts';
import { startTargets } from './target.ts';
import { transactions } from './transactions.ts';
import { volumes } from './volumes.ts';

const targets = await startTargets();
after(async () => {
  for (const target of targets) await target.close();
});

for (const target of targets) {
  // A server that was given may take its time over a hundred logins at once.
  const concurrency = target.engine === 'stand-in' ? true : 3;
  describe(`the database layer on ${target.name} (${target.engine})`, { concurrency }, () => {
    calls(target);
    errors(target);
    cancelling(target);
    sessions(target);
    transactions(target);
    pools(target);
    streams(target);
    installing(target);
    rights(target);
    failures(target);
  });
  // Alone: what gives so much keeps the stand-in's one thread busy for seconds.
  describe(`what gives a lot on ${target.name} (${target.engine})`, () => volumes(target));
}
