/** What the apply procedure hands to the procedures of the typed tables, in its own transaction. */

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { soon } from '../support/storage.ts';
import { newCompany, startTargets } from './apply-target.ts';

const targets = await startTargets();
after(async () => {
  for (const target of targets) await target.close();
});

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const alive = (id: string, version: number, v: string) => ({
  id,
  version,
  deleted: false,
  externalIds: [],
  payload: { v },
});
const dead = (id: string, version: number) => ({ id, version, deleted: true, externalIds: [] });

for (const target of targets) {
  const { name, mirror, query } = target;

  test(`the procedures of the typed tables get every row that was written: ${name}`, async () => {
    const company = newCompany();
    const table = `dbo.[seen ${company}]`;
    await query(
      `CREATE TABLE ${table} (record_id bigint NOT NULL, v nvarchar(10) NULL, deleted bit NOT NULL);`,
    );
    await query(`CREATE PROCEDURE dbo.[apply ${company}] @company nvarchar(64) AS
INSERT INTO ${table} (record_id, v, deleted)
SELECT r.record_id, JSON_VALUE(r.payload, '$.v'), r.deleted FROM #flexibee_written AS w
INNER JOIN crude.flexibee_record AS r
  ON r.company = @company AND r.evidence = w.evidence AND r.record_id = w.record_id
WHERE w.evidence = N'${company}';
IF EXISTS (SELECT 1 FROM ${table} WHERE v = N'refused') THROW 50999, 'refused', 1;`);
    await query(`INSERT INTO flexi.evidence (evidence, table_name, shape, apply_procedure)
VALUES (N'${company}', N't', 0, N'dbo.[apply ${company}]'), (N'${company} none', N'n', 0, NULL);`);
    const seen = async () => {
      const rows = await query(`SELECT record_id, v, deleted FROM ${table} ORDER BY record_id`);
      await query(`DELETE FROM ${table}`);
      return rows.map((row) => `${row['record_id']} ${row['deleted'] ? 'deleted' : row['v']}`);
    };
    const apply = (second: number, batch: object) =>
      mirror.apply(
        {
          company,
          generation: 1,
          readAt: at(second),
          batches: [
            { evidence: company, changes: [], records: [], ...batch },
            { evidence: `${company} none`, changes: [], records: [alive('1', second, 'a')] },
          ],
        },
        soon(),
      );
    await apply(1, { records: ['1', '2', '3', '4'].map((id) => alive(id, 1, 'a')) });
    assert.deepEqual(await seen(), ['1 a', '2 a', '3 a', '4 a']);
    await apply(1, { records: [alive('1', 1, 'a')] });
    assert.deepEqual(await seen(), [], 'nothing was newer');
    const end = { readBefore: at(3), version: 3 };
    await apply(3, { records: [alive('1', 2, 'b'), dead('2', 2), alive('3', 2, 'a')], gone: end });
    assert.deepEqual(await seen(), ['1 b', '2 deleted', '3 a', '4 deleted']);
    // What the procedure refuses is not in the mirror either.
    await assert.rejects(apply(4, { records: [alive('5', 4, 'refused')] }), { number: 50999 });
    const rows = await target.rows(company, company);
    assert.ok(!rows.some(({ id }) => id === '5'));
    assert.deepEqual(await seen(), []);
    await query(`DELETE FROM flexi.evidence WHERE evidence LIKE N'${company}%'`);
  });
}
