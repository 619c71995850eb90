import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SystemLook, SystemLooks } from '../../../shared/app/overview/system.ts';

const look = (second: number, state: 'ok' | 'degraded'): SystemLook => ({
  at: new Date(second * 1_000),
  parts: [{ part: 'catalog', state }],
});

test('a look that began earlier and ends later takes nothing back', () => {
  let changes = 0;
  const looks = new SystemLooks(() => {
    changes += 1;
  });
  const refused = look(20, 'degraded');
  looks.note(refused);
  looks.note(look(10, 'ok'));
  assert.equal(looks.newest, refused);
  assert.equal(changes, 1);
  const mended = look(30, 'ok');
  looks.note(mended);
  assert.equal(looks.newest, mended);
  assert.equal(changes, 2);
});
