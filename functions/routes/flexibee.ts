/** FlexiBee companies: where we are with them, their changelog, hooks. */

import { z } from 'zod';
import { companyQueueOutput } from '../../shared/app/company-queue.ts';
import type { Parameter } from '../../shared/http/openapi.ts';
import {
  changelogStatus,
  disableChangelog,
  enableChangelog,
} from '../flexibee/changelog-routes.ts';
import { readHook, registerHook, removeHook } from '../flexibee/own-hook.ts';
import { listCompanies, readCompany } from '../flexibee/read-company.ts';
import { receiveHook } from '../flexibee/receive-hook.ts';
import { pollNow, reconcileNow, resetCompany } from '../flexibee/request-poll.ts';
import type { Route } from '../route.ts';
import * as schemas from '../shapes/companies.ts';
import { flagSchema } from '../shapes/flag.ts';
import { waitSchema } from '../shapes/run-views.ts';

const company: Parameter = {
  name: 'company',
  in: 'path',
  description: 'Data source code of the company',
  schema: () => schemas.companyCodeSchema,
};
/** Of whatever asks the company's server. */
const asked = ['company-in-use', 'flexibee'] as const;
const changelog = { description: 'As it is now', json: () => schemas.changelogSchema };
const queued = {
  description: 'Accepted: the poll begins within seconds',
  headers: {
    Location: { description: 'The company', schema: () => schemas.companyLocationSchema },
  },
  json: () => schemas.queuedSchema,
};

export const flexibeeRoutes: readonly Route[] = [
  {
    name: 'companies',
    tag: 'flexibee',
    route: 'flexibee',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: listCompanies,
        summary: 'FlexiBee companies and where we are with each, as of its last poll',
        responses: {
          200: {
            description: 'In the order of the catalogue',
            json: () => schemas.companiesSchema,
          },
        },
      },
    }),
  },
  {
    name: 'company',
    tag: 'flexibee',
    route: 'flexibee/{company}',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: readCompany,
        conditional: true,
        summary: 'One company: state, versions, lag, trouble and its cure, rows of each evidence',
        parameters: [
          company,
          {
            name: 'live',
            in: 'query',
            description: 'false: the company’s server is not asked',
            schema: () => flagSchema,
          },
          {
            name: 'wait',
            in: 'query',
            description:
              'Seconds, 1 to 25, for which an answer that If-None-Match names is held until it changes; its server is not asked',
            schema: () => waitSchema,
          },
        ],
        responses: { 200: { description: 'The company', json: () => schemas.companySchema } },
      },
    }),
  },
  {
    name: 'changelog_status',
    tag: 'flexibee',
    route: 'flexibee/{company}/changes/status',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      GET: {
        handler: changelogStatus,
        summary: 'Whether the company keeps a changelog, asked at its server',
        parameters: [company],
        responses: { 200: changelog },
        problems: asked,
      },
    }),
  },
  {
    name: 'changelog_enable',
    tag: 'flexibee',
    route: 'flexibee/{company}/changes/enable',
    access: 'token',
    refusals: 'json',
    outputs: [companyQueueOutput],
    methods: () => ({
      PUT: {
        handler: enableChangelog,
        changes: 'changelog.on',
        role: 'admin',
        summary: 'Turn the changelog on; nobody may be logged in to the company',
        parameters: [company],
        responses: { 200: changelog },
        problems: [...asked, 'busy'],
      },
    }),
  },
  {
    name: 'changelog_disable',
    tag: 'flexibee',
    route: 'flexibee/{company}/changes/disable',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      PUT: {
        handler: disableChangelog,
        changes: 'changelog.off',
        role: 'admin',
        summary: 'Turn the changelog off: nothing is followed until it is on again',
        parameters: [company],
        responses: { 200: changelog },
        problems: [...asked, 'busy'],
      },
    }),
  },
  {
    name: 'hook',
    isUnlimited: true,
    tag: 'flexibee',
    route: 'flexibee/{company}/hook',
    access: 'token',
    refusals: 'json',
    methods: () => ({
      POST: {
        handler: receiveHook,
        changes: { nothing: 'a FlexiBee server tells that there is something to look at' },
        access: 'open',
        summary: 'What FlexiBee calls when something has changed: has the company polled',
        parameters: [
          company,
          {
            name: 'X-FB-Hook-SecKey',
            in: 'header',
            description: 'The value of FLEXIBEE_HOOK_SECRET',
            schema: () => z.string(),
          },
          {
            name: 'secret',
            in: 'query',
            description: 'The same, for servers that cannot send the header',
            schema: () => z.string(),
          },
        ],
        anyBody:
          'Changes as the Changes API lists them, in JSON or XML. Whatever else it is, or nothing: look now',
        responses: { 200: { description: 'Taken', json: () => schemas.hookAnswerSchema } },
        problems: ['unauthenticated'],
      },
      GET: {
        handler: readHook,
        summary: 'Whether our hook is registered at the company’s server, asked there, and heard',
        parameters: [company],
        responses: { 200: { description: 'As it is now', json: () => schemas.shownHookSchema } },
        problems: [...asked, 'not-configured'],
      },
      PUT: {
        handler: registerHook,
        changes: 'hook.register',
        role: 'admin',
        summary: 'Register our hook at the company’s server',
        parameters: [company],
        responses: { 200: { description: 'Registered', json: () => schemas.ownHookSchema } },
        problems: [...asked, 'not-configured'],
      },
      DELETE: {
        handler: removeHook,
        changes: 'hook.remove',
        role: 'admin',
        summary: 'Remove our hook from the company’s server',
        parameters: [company],
        responses: { 200: { description: 'Removed', json: () => schemas.removedHooksSchema } },
        problems: [...asked, 'not-configured'],
      },
    }),
  },
  {
    name: 'poll',
    tag: 'flexibee',
    route: 'flexibee/{company}/poll',
    access: 'token',
    refusals: 'json',
    outputs: [companyQueueOutput],
    methods: () => ({
      POST: {
        handler: pollNow,
        changes: 'company.poll',
        summary: 'Poll the company now',
        parameters: [company],
        responses: { 202: queued },
        problems: ['closed'],
      },
    }),
  },
  {
    name: 'reconcile_company',
    tag: 'flexibee',
    route: 'flexibee/{company}/reconcile',
    access: 'token',
    refusals: 'json',
    outputs: [companyQueueOutput],
    methods: () => ({
      POST: {
        handler: reconcileNow,
        changes: 'company.reconcile',
        summary:
          'Hold the company against its mirror now, and correct what differs; one that is under way or was broken off is ended first',
        parameters: [company],
        responses: { 202: queued },
        problems: ['closed'],
      },
    }),
  },
  {
    name: 'reset_company',
    tag: 'flexibee',
    route: 'flexibee/{company}/reset',
    access: 'token',
    refusals: 'json',
    outputs: [companyQueueOutput],
    methods: () => ({
      POST: {
        handler: resetCompany,
        changes: 'company.reset',
        role: 'admin',
        summary: 'Begin anew: load everything, then follow from there',
        parameters: [company],
        responses: { 202: queued },
        problems: ['busy'],
      },
    }),
  },
];
