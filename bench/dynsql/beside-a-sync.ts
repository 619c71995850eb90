/**
 * A sync beside a nested query: 50,000 accounts with their meters are asked for while transactions
 * change accounts and meters. What was read must be of one change, and whoever writes must not wait
 * for a client that does not read.
 */

import type { Databases } from '../../shared/database/databases.ts';
import type { Statement } from '../../shared/dynsql/definition.ts';
import { itemTexts, runQuery } from '../../shared/dynsql/run/run-query.ts';

const deadline = AbortSignal.timeout(1_800_000);
const transactions = 40;

/** Until an answer that nobody reads has filled the connection. */
const standsStillMs = 4_000;

/** All accounts of a block and their meters get the number of the change. */
const changeOf = (change: number, where: string) => `SET XACT_ABORT ON; BEGIN TRANSACTION;
UPDATE heap.personal_account SET residents = ${change} ${where};
UPDATE heap.meter SET initial_reading = ${change} ${where.replaceAll('personal_account_id', 'meter_id')};
COMMIT;`;

interface Master {
  RESIDENTS: number;
  datasets: { items: { INITIAL_READING: number }[] }[];
}

/** How many changes an answer is of, while each transaction changes all accounts and meters. */
export async function changesIn(databases: Databases, statement: Statement): Promise<Set<number>> {
  const session = await databases.session('ab', deadline);
  let isOver = false;
  let change = 0;
  const write = async () => {
    while (!isOver) {
      change = (change + 1) % 200;
      await session.batch(changeOf(change, ''), deadline);
    }
  };
  await session.batch(changeOf(0, ''), deadline);
  const writing = write();
  const found = new Set<number>();
  for await (const text of itemTexts(statement, databases, 'ab', deadline)) {
    const { RESIDENTS, datasets } = JSON.parse(text) as Master;
    found.add(RESIDENTS);
    for (const { items } of datasets) for (const item of items) found.add(item.INITIAL_READING);
  }
  isOver = true;
  await writing;
  session.release();
  return found;
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * Milliseconds of a transaction of 500 accounts, in turns alone and beside an answer that nobody
 * reads any further.
 */
export async function writesBeside(
  databases: Databases,
  statement: Statement,
): Promise<{ alone: number; beside: number }> {
  const session = await databases.session('ab', deadline);
  const taken: { alone: number[]; beside: number[] } = { alone: [], beside: [] };
  let change = 0;
  const write = async (times: number[]) => {
    for (let nth = 0; nth < transactions; nth += 1) {
      // What a tinyint holds.
      change = (change + 1) % 200;
      const first = (nth * 500) % 50_000;
      const where = `WHERE personal_account_id >= ${first} AND personal_account_id < ${first + 500}`;
      const start = performance.now();
      await session.batch(changeOf(change, where), deadline);
      times.push(performance.now() - start);
    }
  };
  for (let round = 0; round < 4; round += 1) {
    await write(taken.alone);
    const answer = runQuery(statement, databases, 'ab', deadline);
    await answer.next();
    // The stand-in has one thread, which first fills what the connection holds.
    await new Promise((resolve) => setTimeout(resolve, standsStillMs));
    await write(taken.beside);
    await answer.return();
  }
  session.release();
  return { alone: median(taken.alone), beside: median(taken.beside) };
}
