/** Events of a company's troubles, whose teller dies after any of its steps. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventOf, type NewEvent } from '../../shared/events/event.ts';
import { type Cursor, cursorForm, restarted } from '../../shared/flexibee/cursor.ts';
import { tellTroubles } from '../../shared/flexibee/tell-troubles.ts';

const start = Date.parse('2026-11-30T01:00:00Z');
const minute = 60_000;
const iso = (minutes: number) => new Date(start + minutes * minute).toISOString();

class Dead extends Error {}

class World {
  cursor: Cursor = restarted(undefined, new Date(start));
  minutes = 0;
  readonly told: NewEvent[] = [];
  /** Steps until it dies; each may be done or not. */
  lives = Number.POSITIVE_INFINITY;
  isDone = false;

  trouble(
    whose: string,
    kind: 'unreachable' | 'licence missing' | undefined,
    since = this.minutes,
  ) {
    const trouble = kind && {
      kind,
      since: iso(since),
      message: `it is ${kind}`,
      cure: 'see to it',
    };
    if (whose === '') {
      const { trouble: _, ...rest } = this.cursor;
      this.cursor = { ...rest, ...(trouble && { trouble }) };
      return;
    }
    const own = trouble && { ...trouble, tries: 1, retryAt: iso(since + 1) };
    const counts = { changes: 0, created: 0, updated: 0, deleted: 0, ...(own && { trouble: own }) };
    this.cursor = { ...this.cursor, evidences: { ...this.cursor.evidences, [whose]: counts } };
  }

  async poll(): Promise<void> {
    const world = this;
    const step = (work: () => void) => {
      this.lives -= 1;
      if (this.lives > 0) return work();
      if (this.lives === 0 && this.isDone) work();
      throw new Dead();
    };
    const turn = {
      get cursor() {
        return world.cursor;
      },
      signal: new AbortController().signal,
      amend: async (change: (cursor: Cursor) => Cursor) => {
        step(() => {
          // As it is written and read again.
          const text = JSON.stringify(change(world.cursor));
          world.cursor = cursorForm.schema.parse(JSON.parse(text)) as Cursor;
        });
      },
    };
    await tellTroubles(
      {
        company: { code: 'flexi-demo', evidences: [], onRegression: 'stop', lateMs: 0 },
        now: () => new Date(start + this.minutes * minute),
        tell: async (event) => step(() => this.told.push(event)),
      },
      turn,
    );
  }

  /** `kind whose since`, each event once. */
  get events(): string[] {
    const all = new Map(
      this.told.map((event) => [
        eventOf(event, new Date(start)).id,
        `${event.kind} ${event.entities?.join() ?? ''} ${event.since}`,
      ]),
    );
    return [...all.values()];
  }
}

test('one that lasts is told, with its cure, and that it is over; one of minutes is not', async () => {
  const world = new World();
  world.trouble('', 'unreachable');
  for (const minutes of [0, 4]) {
    world.minutes = minutes;
    await world.poll();
  }
  world.trouble('', undefined);
  world.minutes = 6;
  await world.poll();
  assert.equal(world.told.length, 0);
  world.trouble('', 'unreachable', 6);
  world.trouble('adresar', 'licence missing', 7);
  for (const minutes of [11, 12, 13]) {
    world.minutes = minutes;
    await world.poll();
  }
  assert.deepEqual(world.events, [
    `company.trouble  ${iso(6)}`,
    `company.trouble adresar ${iso(7)}`,
  ]);
  assert.equal(world.told.length, 2, 'once each');
  assert.partialDeepStrictEqual(world.told[0], {
    ...{ codes: ['flexi-demo'], error: 'it is unreachable', cure: 'see to it' },
  });
  world.trouble('', undefined);
  world.minutes = 20;
  await world.poll();
  assert.deepEqual(world.events.slice(2), [`company.recovered  ${iso(6)}`]);
  assert.equal(world.told[2]?.until, iso(20));
  assert.deepEqual(Object.keys(world.cursor.told), ['adresar']);
});

test('whoever dies after any step: the next poll tells the same, and nothing is lost', async () => {
  for (const isDone of [true, false]) {
    for (let lives = 1; lives <= 6; lives += 1) {
      const world = new World();
      const polls = async () => {
        await world.poll().catch((error) => assert.ok(error instanceof Dead));
        if (world.lives <= 0) {
          world.lives = Number.POSITIVE_INFINITY;
          world.minutes += 1;
          await world.poll();
        }
      };
      Object.assign(world, { lives, isDone });
      world.trouble('', 'unreachable');
      world.minutes = 5;
      await polls();
      world.trouble('', undefined);
      world.minutes = 30;
      await polls();
      // It comes again while its end is yet to be told.
      world.trouble('', 'unreachable', 31);
      world.minutes = 40;
      await polls();
      const expected = [
        `company.trouble  ${iso(0)}`,
        `company.recovered  ${iso(0)}`,
        `company.trouble  ${iso(31)}`,
      ];
      assert.deepEqual(world.events, expected, `${lives} ${isDone}`);
    }
  }
});
