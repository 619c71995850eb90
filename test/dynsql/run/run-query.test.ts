/** Queries over the wire: one connection each, what ends them, and that nothing is left behind. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DatabaseError } from '../../../shared/database/database-error.ts';
import type { Databases } from '../../../shared/database/databases.ts';
import type { Statement } from '../../../shared/dynsql/definition.ts';
import { DriftError } from '../../../shared/dynsql/run/merge.ts';
import { itemTexts, runQuery } from '../../../shared/dynsql/run/run-query.ts';
import { soon } from '../../support/storage.ts';
import {
  millionRows,
  oneLevel,
  type Server,
  startServer,
  statementOf,
  threeLevels,
  threeLevelsAnswer,
} from './wire.ts';

let server: Server;
before(async () => {
  server = await startServer();
});
after(() => server.close());

async function textOf(
  statement: Statement,
  databases: Databases,
  signal = soon(),
  onPiece: (count: number, length: number) => void = () => {},
): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of runQuery(statement, databases, 'ab', signal)) {
    pieces.push(piece);
    onPiece(pieces.length, piece.length);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Every connection of the pool is there for others, and no statement runs on any. */
async function isClean(databases: Databases, size: number): Promise<void> {
  const sessions = await Promise.all(
    Array.from({ length: size }, () => databases.session('ab', soon())),
  );
  try {
    for (const session of sessions) {
      assert.deepEqual(await session.query('SELECT 1 AS one', [], soon()), [{ one: 1 }]);
    }
  } finally {
    for (const session of sessions) session.release();
  }
}

describe('a query over the wire', () => {
  it('gives nested levels', async (t) => {
    const { databases, proxy } = await server.open(t, 3);
    const answer = JSON.parse(await textOf(threeLevels(), databases));
    assert.deepEqual(answer, threeLevelsAnswer());
    // One; one more with which the driver tries the address out.
    assert.ok(proxy.connections <= 2, `${proxy.connections} connections`);
    const texts: string[] = [];
    for await (const text of itemTexts(threeLevels({ masters: 5 }), databases, 'ab', soon())) {
      texts.push(text);
    }
    assert.deepEqual(
      { name: 'MAIN', items: texts.map((text) => JSON.parse(text)) },
      threeLevelsAnswer({ masters: 5 }),
    );
    await isClean(databases, 3);
  });

  it('leaves no setting on the connections', async (t) => {
    const { databases } = await server.open(t, 1);
    const asked =
      'SELECT @@LOCK_TIMEOUT AS timeout, transaction_isolation_level AS isolation FROM sys.dm_exec_sessions WHERE session_id = @@SPID';
    const [before] = await databases.query('ab', asked, [], soon());
    for (const how of ['on', 'asked', 'off'] as const) {
      const source = {
        rowVersioning: async () => how,
        stream: databases.stream.bind(databases),
      };
      const two = threeLevels({ masters: 2, rows: 0 });
      const pieces: string[] = [];
      for await (const one of itemTexts(two, source, 'ab', soon())) pieces.push(one);
      assert.equal(pieces.length, 0);
      assert.equal(
        await textOf(statementOf('SELECT 1 AS c0', [oneLevel([])]), databases),
        '{"name":"MAIN","items":[{}]}',
      );
    }
    assert.deepEqual(await databases.query('ab', asked, [], soon()), [before]);
  });

  it('gives a datetimeoffset as the moment it is, other dates as the clock of their zone', async (t) => {
    const { databases } = await server.open(t, 2);
    const zone = 'Europe/Prague';
    const columns = ['plain', 'zoned', 'day', 'time'].map((key, place) => ({
      name: `c${place}`,
      key,
      datatype: ['dtDateTime', 'dtDateTime', 'dtDate', 'dtTime'][place] ?? '',
      zone,
    }));
    const held = "CAST('2019-07-01T23:30:00.125-01:00' AS datetimeoffset(3))";
    const list = `CAST('2019-07-01T23:30:00.125' AS datetime2(3)) AS c0, ${held} AS c1, ${held} AS c2, ${held} AS c3`;
    // The master of the nested rows is known by a moment.
    const row = `${list}, ${held} AS m0, ${held} AS k0`;
    const sql = `SELECT 0 AS l, 1 AS n0, CAST(NULL AS int) AS n1, ${row} UNION ALL SELECT 1, 1, 1, ${row} ORDER BY n0, n1`;
    const text = await textOf(
      statementOf(sql, [
        { ...oneLevel(columns), children: [1] },
        {
          ...{ dataset: 'ROWS', depth: 1, parent: 0, children: [], columns },
          ...{ positions: ['n0', 'n1'], parentKey: [{ own: 'k0', parent: 'm0' }] },
        },
      ]),
      databases,
    );
    const members =
      '"plain":"2019-07-01T21:30:00.125Z","zoned":"2019-07-02T00:30:00.125Z","day":"2019-07-02","time":"02:30:00"';
    assert.equal(
      text,
      `{"name":"MAIN","items":[{${members},"datasets":[{"name":"ROWS","items":[{${members}}]}]}]}`,
    );
  });

  for (const failing of ['root', 'rows', 'parts'] as const) {
    it(`fails as a whole when ${failing} fail in the middle`, async (t) => {
      const { databases } = await server.open(t, 3);
      let length = 0;
      await assert.rejects(
        textOf(threeLevels({}, failing), databases, soon(), (_, more) => {
          length += more;
        }),
        (error) => error instanceof DatabaseError && error.number === 8134,
      );
      assert.ok(length < JSON.stringify(threeLevelsAnswer()).length * 0.6, `${length} bytes`);
      await isClean(databases, 3);
    });
  }

  it('fails before its first byte when a statement cannot be run', async (t) => {
    const { databases } = await server.open(t, 3);
    const broken = statementOf('SELECT n AS c0 FROM dbo.nowhere', [oneLevel([])]);
    const answer = runQuery(broken, databases, 'ab', soon());
    await assert.rejects(answer.next(), { number: 208 });
    await isClean(databases, 3);
  });

  it('fails when levels do not fit together', async (t) => {
    const { databases } = await server.open(t, 3);
    const three = threeLevels();
    // As if rows 500 to 509 of the root had gone between two looks at them.
    const drifted = {
      ...three,
      sql: three.sql.replace('ORDER', 'AND (x.l > 0 OR a.n NOT BETWEEN 500 AND 509) ORDER'),
    };
    await assert.rejects(textOf(drifted, databases), DriftError);
    await isClean(databases, 3);
  });

  it('ends at once when its taker leaves', async (t) => {
    const { databases } = await server.open(t, 3);
    for (const statement of [millionRows(), threeLevels()]) {
      for await (const piece of runQuery(statement, databases, 'ab', soon())) {
        assert.ok(piece.length > 0);
        break;
      }
      await isClean(databases, 3);
    }
  });

  it('holds the server back while nobody takes', async (t) => {
    const { databases, proxy } = await server.open(t, 1);
    const answer = runQuery(millionRows(), databases, 'ab', soon());
    await answer.next();
    let seen: number;
    do {
      seen = proxy.received;
      await new Promise((resolve) => setTimeout(resolve, 100));
    } while (proxy.received > seen);
    const whole = 500_000_000;
    assert.ok(seen < whole / 4, `${seen} bytes came without being asked for`);
    await answer.return();
    await isClean(databases, 1);
  });

  it('ends with the reason of its signal, whenever that comes', async (t) => {
    const { databases } = await server.open(t, 3);
    for (let round = 0; round < 20; round += 1) {
      const stop = new AbortController();
      const reason = new Error('not wanted any more');
      const abort = () => stop.abort(reason);
      // Before it begins, while connections are opened, while rows come.
      if (round === 0) abort();
      else if (round < 10) setTimeout(abort, round * 3);
      const reading = textOf(threeLevels({ masters: 1000 }), databases, stop.signal, (count) => {
        if (count === round - 8) abort();
      });
      // A short query may have been faster than a late signal.
      await reading.then(
        (text) => assert.deepEqual(JSON.parse(text), threeLevelsAnswer({ masters: 1000 })),
        (error: unknown) => assert.equal(error, reason),
      );
    }
    await isClean(databases, 3);
  });

  it('fails when a connection breaks, and the next one works', async (t) => {
    const { databases, proxy } = await server.open(t, 3);
    await assert.rejects(
      textOf(millionRows(), databases, soon(), (count) => {
        if (count === 3) proxy.reset();
      }),
      { meaning: 'transient' },
    );
    assert.deepEqual(JSON.parse(await textOf(threeLevels(), databases)), threeLevelsAnswer());
  });

  it('many at once over few connections all come to their end', async (t) => {
    const { databases, proxy } = await server.open(t, 4);
    const few = { masters: 30 };
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => textOf(threeLevels(few), databases)),
    );
    for (const answer of answers) assert.deepEqual(JSON.parse(answer), threeLevelsAnswer(few));
    assert.ok(proxy.connections <= 5, `${proxy.connections} connections`);
  });
});
