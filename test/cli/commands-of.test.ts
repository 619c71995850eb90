/** Requests that the overview names, as commands. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { inCommands } from '../../cli/app/commands-of.ts';
import { commands } from '../../cli/commands.ts';

it('what shows it is a command that there is, also where a line was broken', () => {
  const told: [string, string][] = [
    ['GET\n  /runs/zd38m9z2l-b5hscz', 'watch zd38m9z2l-b5hscz'],
    ['GET /runs/zd38m9z2l-b5hscz', 'watch zd38m9z2l-b5hscz'],
    ['GET /schedules/night/times', 'schedule times night'],
    ['GET /schedules', 'schedules'],
    ['GET /flexibee/flexi-demo', 'company show flexi-demo'],
    ['GET /flexibee', 'companies'],
    ['GET /closures', 'closures'],
    ['GET /events', 'events'],
    ['GET /ages', 'ages'],
    ['GET /audit', 'audit'],
    ['GET /health', 'health'],
    ['GET /acknowledgements', 'acknowledgements'],
    ['DELETE /acknowledgements/1205-9416', 'unacknowledge 1205-9416'],
  ];
  for (const [request, command] of told) {
    assert.equal(inCommands(`see ${request}, now`), `see syncboard ${command}, now`);
    assert.ok(commands.some(({ words }) => command.startsWith(words)));
  }
  assert.equal(inCommands('GET /overview/cells'), 'GET /overview/cells');
  assert.equal(inCommands('the id of one, see /closures'), 'the id of one, see syncboard closures');
});
