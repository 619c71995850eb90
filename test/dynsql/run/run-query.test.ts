/** Queries over the wire: several connections, what ends them, and that nothing is left behind. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DatabaseError } from '../../../shared/database/database-error.ts';
import type { Databases } from '../../../shared/database/databases.ts';
import type { Statement } from '../../../shared/dynsql/definition.ts';
import { DriftError } from '../../../shared/dynsql/run/merge.ts';
import { itemTexts, runQuery } from '../../../shared/dynsql/run/run-query.ts';
import { soon } from '../../support/storage.ts';
import { millionRows, type Server, startServer, threeLevels, threeLevelsAnswer } from './wire.ts';

let server: Server;
before(async () => {
  server = await startServer();
});
after(() => server.close());

async function textOf(
  statements: readonly Statement[],
  databases: Databases,
  signal = soon(),
  onPiece: (count: number, length: number) => void = () => {},
): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of runQuery(statements, databases, 'ab', signal)) {
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
    // One a level; one more with which the driver tries the address out.
    assert.ok(proxy.connections <= 4);
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
    const asked = 'SELECT @@LOCK_TIMEOUT AS timeout';
    const [before] = await databases.query('ab', asked, [], soon());
    const [root] = threeLevels();
    assert.ok(root);
    const alone = { ...root, children: [], sql: root.sql.replace('n < @masters', 'n < 2') };
    assert.equal(
      await textOf([alone], databases),
      '{"name":"MAIN","items":[{"ID":0,"NAME":"0"},{"ID":1,"NAME":"1"}]}',
    );
    assert.deepEqual(await databases.query('ab', asked, [], soon()), [before]);
  });

  it('gives a datetimeoffset as the moment it is, other dates as the clock of their zone', async (t) => {
    const { databases } = await server.open(t, 2);
    const [root, rows] = threeLevels();
    assert.ok(root && rows);
    const zone = 'Europe/Prague';
    const columns = ['plain', 'zoned', 'day', 'time'].map((key, place) => ({
      name: `c${place}`,
      key,
      datatype: ['dtDateTime', 'dtDateTime', 'dtDate', 'dtTime'][place] ?? '',
      zone,
    }));
    // The master of the nested rows is known by a moment.
    const held = "CAST('2019-07-01T23:30:00.125-01:00' AS datetimeoffset(3))";
    const list = `CAST('2019-07-01T23:30:00.125' AS datetime2(3)) AS c0, ${held} AS c1, ${held} AS c2, ${held} AS c3`;
    const text = await textOf(
      [
        { ...root, columns, parameters: [], sql: `SELECT ${list}, ${held} AS m0` },
        {
          ...{ ...rows, columns, children: [], parameters: [] },
          sql: `SELECT 1 AS n0, ${held} AS k0, ${list}`,
        },
      ],
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
    const [root, rows, parts] = threeLevels();
    assert.ok(root && rows && parts);
    const broken = { ...parts, sql: 'SELECT n FROM dbo.nowhere' };
    const answer = runQuery([root, rows, broken], databases, 'ab', soon());
    await assert.rejects(answer.next(), { number: 208 });
    await isClean(databases, 3);
  });

  it('fails when levels do not fit together', async (t) => {
    const { databases } = await server.open(t, 3);
    const [root, rows, parts] = threeLevels();
    assert.ok(root && rows && parts);
    // As if rows 500 to 509 of the root had gone between the statements.
    const drifted = {
      ...root,
      sql: root.sql.replace('ORDER', 'AND n NOT BETWEEN 500 AND 509 ORDER'),
    };
    await assert.rejects(textOf([drifted, rows, parts], databases), DriftError);
    await isClean(databases, 3);
  });

  it('ends at once when its taker leaves', async (t) => {
    const { databases } = await server.open(t, 3);
    for (const statements of [millionRows(), threeLevels()]) {
      for await (const piece of runQuery(statements, databases, 'ab', soon())) {
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

  it('waits for connections without keeping others from theirs', async (t) => {
    const { databases, proxy } = await server.open(t, 3);
    const busy = await databases.session('ab', soon());
    const opened = proxy.open;
    const answer = textOf(threeLevels({ masters: 2 }), databases);
    while (proxy.open < opened + 2) await new Promise(setImmediate);
    // The one that is out needs another one before it can come back.
    await databases.query('ab', 'SELECT 1 AS one', [], AbortSignal.timeout(20_000));
    busy.release();
    assert.deepEqual(JSON.parse(await answer), threeLevelsAnswer({ masters: 2 }));
  });

  it('leaves the line when its signal says so', async (t) => {
    const { databases } = await server.open(t, 3);
    const busy = await databases.session('ab', soon());
    const [first, second] = [new AbortController(), new AbortController()];
    const readings = [first, second].map((stop) => textOf(threeLevels(), databases, stop.signal));
    const last = textOf(threeLevels({ masters: 2 }), databases);
    const reason = new Error('gone');
    second.abort(reason);
    await assert.rejects(readings[1] ?? Promise.resolve(), reason);
    first.abort(reason);
    await assert.rejects(readings[0] ?? Promise.resolve(), reason);
    busy.release();
    assert.deepEqual(JSON.parse(await last), threeLevelsAnswer({ masters: 2 }));
    await isClean(databases, 3);
  });

  it('is refused when it can never have its connections', async (t) => {
    const { databases, proxy } = await server.open(t, 2);
    await assert.rejects(textOf(threeLevels(), databases), {
      meaning: 'permanent',
      message: '3 connections are needed at the same time, SQL_POOL_SIZE allows 2',
    });
    assert.equal(proxy.connections, 0);
  });
});
