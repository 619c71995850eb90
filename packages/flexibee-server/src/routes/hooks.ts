/** Web hooks: registering, listing, removing, clearing the penalty. */

import { Refusal } from 'stand-in-kit';
import { type Answer, answer, success, winstrom } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Route } from '../http/router.ts';
import { type Hosted, hosted, type Instance } from '../instance.ts';
import { toXml } from '../xml/winstrom.ts';

export const hookRoutes: readonly Route[] = [
  { methods: ['GET'], pattern: 'c/:company/hooks', kind: 'hooks', run: list },
  {
    methods: ['PUT', 'POST'],
    pattern: 'c/:company/hooks',
    kind: 'hook register',
    run: async (instance, { parameters, query, closing }) => {
      const registration = {
        url: query.get('url') ?? '',
        format: query.get('format') ?? '',
        lastVersion: query.get('lastVersion') ?? undefined,
        secKey: query.get('secKey') ?? undefined,
        skipUrlTest: query.get('skipUrlTest') === 'true',
      };
      await hosted(instance, parameters['company']).hooks.register(registration, closing);
      return success();
    },
  },
  {
    methods: ['DELETE'],
    pattern: 'c/:company/hooks/:hook',
    kind: 'hook remove',
    run: (instance, call) => one(instance, call, ({ hooks }, id) => hooks.remove(id)),
  },
  {
    methods: ['PUT', 'POST'],
    pattern: 'c/:company/hooks/:hook/retry',
    kind: 'hook retry',
    run: (instance, call) => one(instance, call, ({ hooks }, id) => hooks.retry(id)),
  },
];

function list(instance: Instance, { parameters }: Call): Answer {
  const hooks = hosted(instance, parameters['company'])
    .hooks.list()
    .map(({ id, url, format, lastVersion, penalty }) => ({
      id: String(id),
      url,
      dataFormat: format,
      lastVersion: String(lastVersion),
      penalty: String(penalty),
    }));
  return {
    ...answer(200, winstrom({ hooks })),
    xml: () => toXml('winstrom', { '@version': '1.0', hooks: { hook: hooks } }),
  };
}

function one(
  instance: Instance,
  { parameters }: Call,
  act: (found: Hosted, id: number) => boolean,
): Answer {
  const found = hosted(instance, parameters['company']);
  if (!act(found, Number(parameters['hook']))) {
    throw new Refusal(404, `Hook '${parameters['hook']}' neexistuje`);
  }
  return success();
}
