/**
 * A company with its mirror, typed tables and journal in a real base, behind a server that a scenario
 * scripts: whatever happens, in the end all three are what the source is.
 */

import assert from 'node:assert/strict';
import { cursorStore } from '../../shared/flexibee/follow.ts';
import type { Json } from '../catalog/edited.ts';
import { differences } from '../fire/compare.ts';
import { soon } from '../support/storage.ts';
import { askedWorld, code, type Systems } from './asked-world.ts';

const name = 'demo';

/** Followed: what refers to others, has rows of its own, has none. */
const evidences = ['adresar', 'cenik', 'faktura-vydana', 'faktura-vydana-polozka', 'banka'];

/** In all scenarios: a code is used once. */
let written = 0;

export async function scenarioWorld(
  systems: Systems,
  options: { fields?: Record<string, Json>; afterwards?: Json } = {},
) {
  const { flexibee, databases } = systems;
  const { fields, afterwards } = options;
  const changed = { evidences, ...(afterwards !== undefined && { afterwards }) };
  const world = await askedWorld(systems, fields, undefined, changed);
  const company = flexibee.company(name);
  const query = (text: string) => databases.query('ab', text, [], soon());
  const fromServer = async (path: string) => {
    const headers = { authorization: `Basic ${btoa('winstrom:winstrom')}` };
    return await (await fetch(`${flexibee.url}${path}`, { headers })).json();
  };
  const cursors = cursorStore(world.container, 15);
  /** Of each generation the version from which on all is in the journal. */
  const begun = new Map<number, number>();
  const poll: typeof world.poll = async (why, by) => {
    const outcome = await world.poll(why, by);
    const { generation, next } = (await cursors.read(code, soon())) ?? {};
    if (generation !== undefined && next !== undefined && !begun.has(generation)) {
      begun.set(generation, next);
    }
    return outcome;
  };
  const scenario = {
    ...{ ...world, poll, company, query, cursors },
    cursor: () => cursors.read(code, soon()),
    /** A record is made, another changed, a third deleted, with its rows: of an evidence each. */
    writeSome(): void {
      written += 1;
      company.write('adresar', { adresar: { kod: `S${written}`, nazev: `Scénář ${written}` } });
      const [goods] = company.dump('cenik');
      company.write('cenik', { cenik: { id: goods?.['id'], poznam: `Změna ${written}` } });
      const invoice = company.dump('faktura-vydana').at(-1);
      company.delete('faktura-vydana', String(invoice?.['id']));
    },
    /** Polls, as people ask for them, until there is nothing to do. */
    async settle(): Promise<void> {
      for (let polls = 0; polls < 20; polls += 1) {
        const outcome = await poll('request');
        if (outcome === 'idle') return;
        assert.notEqual(outcome, 'trouble', (await world.state()).trouble?.message);
      }
      assert.fail('no end of polls');
    },
    /** Mirror, typed tables and journal equal the source. */
    async check(): Promise<void> {
      const { generation = 0 } = (await scenario.cursor()) ?? {};
      const from = begun.get(generation) ?? assert.fail('it was never polled');
      const sides = { flexibee, query, fromServer };
      assert.deepEqual(
        await differences(sides, { code, name, evidences }, { generation, from }),
        [],
      );
    },
  };
  await scenario.settle();
  return scenario;
}

export type Scenario = Awaited<ReturnType<typeof scenarioWorld>>;
