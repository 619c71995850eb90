/** Records have any number that a bigint holds, negative ones too. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { companyState } from '../../shared/flexibee/follow.ts';
import { code, evidences, newWorld } from './world.ts';

const [first = '', second = ''] = evidences;

for (const records of [0, 1, 3_100]) {
  test(`${records} records of any numbers are loaded and followed`, async () => {
    const world = newWorld({ ids: 'any', onRegression: 'stop' });
    for (let index = 0; index < records; index += 1) world.company.write('create', first);
    await world.settle();
    assert.deepEqual(world.mirror.alive(code, first), world.company.alive(first));
    for (let index = 0; index < 9; index += 1) world.company.write('create', second);
    const [one, other, third] = world.company.ids(second);
    world.company.write('update', second, one);
    world.company.write('update', second, other);
    world.company.write('delete', second, third);
    await world.settle();
    world.check();
  });
}

test('a load that is begun tells the last record, however it is numbered', async () => {
  const world = newWorld({ ids: 'any', sliceMs: 0 });
  for (let index = 0; index < 3_100; index += 1) world.company.write('create', first);
  const loads = () => companyState(world.cursor, new Date(world.time())).loads[0];
  await world.poll();
  assert.match(loads()?.afterId ?? '', /^-\d+$/);
  await world.poll();
  await world.settle();
  world.check();
});
