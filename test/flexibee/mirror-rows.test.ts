/** What the aggregate base lists of a mirror, by number, on the stand-in and on SQLSERVER_URL. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type RowRange, sqlMirrorRows } from '../../shared/flexibee/reconcile/mirror-rows.ts';
import { digestOf } from '../../shared/flexibee/reconcile/walk.ts';
import type { RecordState } from '../../shared/flexibee/types.ts';
import { soon } from '../support/storage.ts';
import { newCompany, pageOf, startTargets } from './apply-target.ts';

const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
const state = (id: string, version: number): RecordState => ({
  ...{ id, version, deleted: false, externalIds: [] },
  payload: { id, lastUpdate: `v${version}` },
});
const largest = '9223372036854775807';
const ids = ['-7', '-1', '3', '12', '9007199254740993', largest];

for (const target of await startTargets()) {
  if (target.takesOneEvidence) continue;
  describe(`rows of the mirror: ${target.name}`, () => {
    const company = newCompany();
    const rows = sqlMirrorRows(target.databases, company, () => 'ab');
    const list = async (range: RowRange, evidence = 'adresar') => {
      const found = [];
      for await (const page of rows.pages(evidence, range, soon())) found.push(...page);
      return found;
    };
    before(async () => {
      const records = ids.map((id, index) => state(id, index + 1));
      await target.mirror.apply(pageOf(company, { readAt: at(1), records }), soon());
      const gone = { id: '5', version: 9, deleted: true, externalIds: [] };
      await target.mirror.apply(pageOf(company, { readAt: at(2), records: [gone] }), soon());
      const other = pageOf(company, { evidence: 'cenik', readAt: at(1), records: [state('4', 1)] });
      await target.mirror.apply(other, soon());
    });
    after(() => target.close());

    const ranges: [string, Omit<RowRange, 'by'>, string[]][] = [
      ['all', {}, ids],
      ['above one', { afterId: '-1' }, ids.slice(2)],
      ['above one that is not there', { afterId: '0' }, ids.slice(2)],
      ['through one', { throughId: '12' }, ids.slice(0, 4)],
      ['between', { afterId: '-7', throughId: '3' }, ['-1', '3']],
      ['above the largest there can be', { afterId: largest }, []],
      ['above the smallest there can be', { afterId: '-9223372036854775808' }, ids],
      ['nothing', { afterId: '12', throughId: '12' }, []],
    ];
    for (const [name, range, expected] of ranges) {
      it(name, async () => {
        const found = await list({ ...range, by: 'lastUpdate' });
        assert.deepEqual(
          found.map(({ id }) => id),
          expected,
        );
      });
    }

    it('by the time of the last change, and by digest', async () => {
      const [first] = await list({ by: 'lastUpdate' });
      assert.deepEqual(first, { id: '-7', version: 1, content: 'v1' });
      const [same] = await list({ by: 'content' });
      assert.equal(same?.content, digestOf({ id: '-7', lastUpdate: 'v1' }));
    });

    it('those of a generation that were not read since a moment', async () => {
      const again = pageOf(company, { readAt: at(5), records: [state('3', 20)] });
      await target.mirror.apply(again, soon());
      const unseen = async (generation: number, readBefore: string) =>
        (await list({ by: 'lastUpdate', unseen: { generation, readBefore } })).map(({ id }) => id);
      assert.deepEqual(
        await unseen(1, at(4)),
        ids.filter((id) => id !== '3'),
      );
      assert.deepEqual(await unseen(1, at(1)), []);
      assert.deepEqual(await unseen(2, at(9)), []);
    });
  });
}
