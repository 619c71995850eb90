/** The Changes API. */

import { Refusal } from 'stand-in-kit';
import { changesJson, changesXml } from '../changes-document.ts';
import { type Answer, success } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Route } from '../http/router.ts';
import { hosted, type Instance } from '../instance.ts';
import { controlPage } from './control-page.ts';

export const changesRoutes: readonly Route[] = [
  { methods: ['GET'], pattern: 'c/:company/changes', kind: 'changes', run: changes },
  {
    methods: ['GET'],
    pattern: 'c/:company/changes/status',
    kind: 'changes status',
    run: (instance, { parameters }) =>
      success(hosted(instance, parameters['company']).company.changelogEnabled()),
  },
  {
    methods: ['PUT', 'POST'],
    pattern: 'c/:company/changes/enable',
    kind: 'changes enable',
    run: (instance, call) => {
      enable(instance, call);
      return success();
    },
  },
  {
    methods: ['PUT', 'POST'],
    pattern: 'c/:company/changes/disable',
    kind: 'changes disable',
    run: (instance, { parameters }) => {
      hosted(instance, parameters['company']).company.disableChangelog();
      return success();
    },
  },
  {
    methods: ['GET'],
    pattern: 'c/:company/changes/control',
    kind: 'changes control',
    run: (instance, { parameters }) => page(instance, parameters['company']),
  },
  {
    methods: ['POST'],
    pattern: 'c/:company/changes/control',
    kind: 'changes control',
    run: async (instance, call) => {
      const action = new URLSearchParams(await call.text()).get('action');
      try {
        if (action === 'enable') enable(instance, call);
        else if (action === 'disable')
          hosted(instance, call.parameters['company']).company.disableChangelog();
        else throw new Refusal(400, `Neznámá akce '${action}': enable nebo disable`);
        return page(instance, call.parameters['company']);
      } catch (error) {
        if (error instanceof Refusal && call.format === 'html') {
          return {
            ...page(instance, call.parameters['company'], error.message),
            status: error.status,
          };
        }
        throw error;
      }
    },
  },
];

function changes(instance: Instance, { parameters, query }: Call): Answer {
  const found = hosted(instance, parameters['company']).company.changes({
    ...wholeNumber(query, 'start'),
    ...wholeNumber(query, 'limit'),
    evidences: query.getAll('evidence'),
  });
  return { status: 200, json: () => changesJson(found), xml: () => changesXml(found) };
}

function wholeNumber(query: URLSearchParams, name: string): Record<string, number> {
  const text = query.get(name);
  if (text === null) return {};
  if (!/^\d{1,15}$/.test(text)) {
    throw new Refusal(400, `Parametr '${name}' musí být nezáporné celé číslo: '${text}'`);
  }
  return { [name]: Number(text) };
}

/**
 * Puts functions into the database, for which it is locked whole: nobody else may be logged in.
 * @throws Refusal 500 with PostgreSQL's error
 */
function enable(instance: Instance, { parameters, identity }: Call): void {
  const found = hosted(instance, parameters['company']);
  if (found.company.changelogEnabled()) return;
  const others = instance.sessions.list().some(({ id }) => id !== identity?.session?.id);
  if (others || found.loggedIn) {
    throw new Refusal(
      500,
      'ERROR: could not obtain lock on relation "drady"\n  Kde: SQL statement "LOCK TABLE drady IN ACCESS EXCLUSIVE MODE NOWAIT"',
    );
  }
  found.company.enableChangelog();
}

function page(instance: Instance, name: string | undefined, trouble?: string): Answer {
  const { company } = hosted(instance, name);
  const enabled = company.changelogEnabled();
  return {
    ...success(enabled),
    html: () => controlPage(company.title, enabled, company.globalVersion(), trouble),
  };
}
