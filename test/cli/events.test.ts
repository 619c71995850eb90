/** Events as lines for people. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pageLines } from '../../cli/app/events.ts';
import { speaker } from '../../cli/language/say.ts';
import { clockOf } from '../../cli/terminal/times.ts';
import { eventsPageSchema } from '../../functions/shapes/events.ts';

it('tells what happened, why, who has yet to hear of it, and which targets take nothing', () => {
  const at = '2026-11-30T02:30:00.000Z';
  const page = eventsPageSchema.parse({
    events: [
      {
        ...{ id: 'zd38m9z2l-0123456789abcdef0123', kind: 'run.failed', severity: 'error', at },
        ...{ run: 'zd2x7riuq-nbsp5v', codes: ['0c10'], error: 'Msg 50000\u001b[2J' },
        deliveries: {
          chat: { state: 'delivered', attempts: 1 },
          mail: { state: 'waiting', attempts: 3 },
          hook: { state: 'given up', attempts: 99 },
        },
      },
    ],
    targets: [{ name: 'mail', type: 'email', failingSince: at, error: 'no answer' }],
  });
  const say = speaker('ru');
  const [clock, terminal] = [clockOf('Asia/Vladivostok'), undefined];
  const time = '2026-11-30 12:30';
  assert.match(
    pageLines(page, { language: 'ru', say, clock, terminal }).join('\n'),
    new RegExp(`^${time}  Запуск zd2x7riuq-nbsp5v завершился ошибкой: 0c10
  Msg 50000 \\[2J
  mail об этом ещё не узнал
  hook об этом не узнал
! mail ничего не принимает с ${time}: no answer$`),
  );
  assert.deepEqual(
    pageLines({ events: [], targets: [] }, { language: 'en', say: speaker('en'), clock, terminal }),
    ['No event fits.'],
  );
});
