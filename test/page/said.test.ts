/** What the app says in its records: each of it has a text in every language of the page. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import lineCs from '../../cli/language/cs.json' with { type: 'json' };
import lineRu from '../../cli/language/ru.json' with { type: 'json' };
import { texts as cs } from '../../page/text/cs/index.ts';
import { texts as en } from '../../page/text/en/index.ts';
import { texts as ru } from '../../page/text/ru/index.ts';
import { saidIn } from '../../page/text/said.ts';
import overviewCs from '../../shared/board/overview/messages/cs.json' with { type: 'json' };
import overviewRu from '../../shared/board/overview/messages/ru.json' with { type: 'json' };
import { valueType } from '../../shared/dynsql/language/value-type.ts';
import { dateUse } from '../../shared/dynsql/time/dates.ts';
import { addLog, endOrphan, endRun, endWaiting, loseRunning } from '../../shared/sync/ending.ts';
import {
  CancelRequestedError,
  SliceOverError,
  WorkerStoppingError,
} from '../../shared/sync/interruption.ts';
import type { Run } from '../../shared/sync/run.ts';
import { StageTimeoutError } from '../../shared/sync/time-limit.ts';
import { noLonger } from '../../shared/sync/waiting/plan-again.ts';
import { run, stage } from '../support/runs.ts';

const now = new Date('2026-11-30T08:00:00.000Z');

function logOf(change: (own: Run) => void): string[] {
  const own: Run = { ...run('r1', [stage('export:payment:0c10', 'server')]), log: [] };
  change(own);
  return own.log.map(({ text }) => text);
}

const lost = (own: Run) => {
  for (const one of own.stages) one.state = 'running';
  loseRunning(own, now);
};

const said: readonly string[] = [
  ...logOf((own) => endOrphan(own, ['dcdb', 'ab'], now)),
  ...logOf((own) => endOrphan({ ...own, state: 'waiting' }, ['dcdb'], now)),
  ...logOf((own) => endRun(Object.assign(own, { takeOvers: 11 }), now)),
  ...logOf((own) => {
    const by = `${new CancelRequestedError('Jana').message} while it waited.`;
    endWaiting(own, 'cancelled', by, now);
  }),
  ...logOf(lost),
  ...logOf((own) => addLog(own, now, noLonger(['payment of 0c10']))),
  ...[new CancelRequestedError('Jana'), new WorkerStoppingError(), new StageTimeoutError(5)].map(
    ({ message }) => message,
  ),
];

test('what is told of a run in its record has a text', () => {
  assert.ok(said.length > 9, said.join('\n'));
  for (const text of said) assert.ok(saidIn(text), text);
  assert.equal(saidIn(new SliceOverError().message), undefined, 'nobody reads that');
});

test('what a value of a query must be has a text, whatever its type', () => {
  const types = [
    ...['int', 'tinyint', 'bigint', 'bit', 'float', 'money', 'smallmoney', 'date', 'datetime'],
    ...['decimal(7, 2)', 'nvarchar(10)', 'varchar(10)', 'time(0)', 'time(3)', 'uniqueidentifier'],
  ];
  for (const type of types) {
    const { allowed } = valueType(type) ?? {};
    assert.ok(saidIn(`must be ${allowed}`), `${type}: ${allowed}`);
  }
  assert.ok(saidIn(`must be ${dateUse}`));
});

test('what servers and people say stays as it is', () => {
  for (const text of ['Divide by zero error encountered.', 'Ended', 'Asked for', 'a number']) {
    assert.equal(saidIn(text), undefined, text);
  }
  assert.deepEqual(saidIn('Asked for by Jana, again after 2026-x.'), {
    name: 'askedAgain',
    values: { user: 'Jana', run: '2026-x' },
  });
});

test('a state is called the same by the page, the overview as a text and the command line', () => {
  for (const [page, overview, line] of [
    [cs, overviewCs, lineCs],
    [ru, overviewRu, lineRu],
  ] as const) {
    for (const [state, word] of Object.entries(page.state)) {
      for (const other of [overview.states, line] as Readonly<Record<string, string>>[]) {
        if (state in other) assert.equal(other[state], word, state);
      }
    }
    assert.equal(overview.schedules, page.board.schedules);
  }
});

const placesOf = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test('each language tells all of it that its record tells', () => {
  for (const [name, text] of Object.entries(en.said)) {
    for (const other of [cs, ru]) {
      const own = other.said[name as keyof typeof en.said];
      assert.deepEqual(placesOf(own), placesOf(text), `${name}: ${own}`);
    }
  }
});
