/** What the control interface can do. */

import { observedRoutes, ok, parse, Refusal, type Route } from 'stand-in-kit';
import { z } from 'zod';
import { type Hosted, hosted, type Instance } from '../instance.ts';
import type { Backups } from './backups.ts';
import type { LateCommits } from './late-commits.ts';

export interface ControlState extends Instance {
  backups: Backups;
  lateCommits: LateCommits;
}

const companySchema = z.strictObject({
  licence: z.enum(['present', 'missing']).optional(),
  loggedIn: z.boolean().optional(),
  changelog: z.enum(['enabled', 'disabled']).optional(),
  forbidden: z.array(z.string()).optional(),
  hidden: z.record(z.string(), z.array(z.int())).optional(),
});
const versionsSchema = z.strictObject({ versions: z.int().min(1).max(1_000_000).default(1) });
const backupSchema = z.strictObject({ name: z.string().default('default') });
const bulkSchema = z.strictObject({
  changes: z.int().min(1).max(10_000_000),
  records: z.int().min(1).exactOptional(),
  deletes: z.number().min(0).max(1).exactOptional(),
  seed: z.int().exactOptional(),
});

export const controlRoutes: readonly Route<ControlState>[] = [
  {
    method: 'GET',
    path: '/companies',
    help: 'names of the companies',
    run: ({ companies }) => [...companies.keys()],
  },
  {
    method: 'GET',
    path: '/companies/<company>',
    help: 'global version, records by evidence, switches, hooks, requests by kind',
    run: (state, { parts: [name] }) => describe(state, hosted(state, name)),
  },
  {
    method: 'PUT',
    path: '/companies/<company>',
    help: '{"licence"?: "present" | "missing", "loggedIn"?: true (somebody sits at the desktop client: enabling changes fails), "changelog"?: "enabled" | "disabled", "forbidden"?: ["cenik"] (evidences that the user may not read: 403), "hidden"?: {"cenik": [12]} (records that the user may not see: as if they were not there)}',
    run: (state, { parts: [name], body }) => {
      const found = hosted(state, name);
      const { licence, loggedIn, changelog, forbidden, hidden } = parse(companySchema, body);
      if (forbidden) {
        found.forbidden.clear();
        for (const evidence of forbidden) found.forbidden.add(evidence);
      }
      if (hidden) {
        found.hidden.clear();
        for (const [evidence, ids] of Object.entries(hidden)) {
          found.hidden.set(evidence, new Set(ids));
        }
      }
      if (licence) found.licence = licence;
      if (loggedIn !== undefined) found.loggedIn = loggedIn;
      if (changelog === 'enabled') found.company.enableChangelog();
      if (changelog === 'disabled') found.company.disableChangelog();
      return describe(state, found);
    },
  },
  {
    method: 'PUT',
    path: '/companies/<company>/late',
    help: '{"versions"?: 1}: a transaction takes versions and commits later; answers its number',
    run: (state, { parts: [name], body }) =>
      state.lateCommits.begin(hosted(state, name).company, parse(versionsSchema, body).versions),
  },
  {
    method: 'PUT',
    path: '/companies/<company>/late/<number>',
    help: '{"winstrom": {"adresar": [{…}]}}: commits it, writing this (one evidence)',
    run: (state, { parts: [name, id], body }) => {
      const { winstrom } = parse(z.object({ winstrom: z.record(z.string(), z.unknown()) }), body);
      const [evidence] = Object.keys(winstrom).filter((member) => !member.startsWith('@'));
      if (evidence === undefined) throw new Refusal(400, 'winstrom: expected an evidence');
      const commit = state.lateCommits.take(hosted(state, name).company, Number(id));
      return commit.commit(evidence, winstrom).winstrom;
    },
  },
  {
    method: 'DELETE',
    path: '/companies/<company>/late/<number>',
    help: 'rolls it back: its versions stay gaps',
    run: (state, { parts: [name, id] }) => {
      state.lateCommits.take(hosted(state, name).company, Number(id)).rollback();
      return ok;
    },
  },
  {
    method: 'PUT',
    path: '/companies/<company>/gap',
    help: '{"versions"?: 1}: burns versions',
    run: (state, { parts: [name], body }) => {
      hosted(state, name).company.gap(parse(versionsSchema, body).versions);
      return ok;
    },
  },
  {
    method: 'PUT',
    path: '/companies/<company>/backup',
    help: '{"name"?: "default"}: takes a backup',
    run: async (state, { parts: [name], body }) => {
      await state.backups.take(hosted(state, name).company, parse(backupSchema, body).name);
      return ok;
    },
  },
  {
    method: 'PUT',
    path: '/companies/<company>/restore',
    help: '{"name"?: "default"}: goes back to it, versions too',
    run: (state, { parts: [name], body }) => {
      const { name: backup } = parse(backupSchema, body);
      if (!state.backups.restore(hosted(state, name).company, backup)) {
        throw new Refusal(404, `there is no backup '${backup}' of ${name}`);
      }
      return ok;
    },
  },
  {
    method: 'PUT',
    path: '/companies/<company>/bulk',
    help: '{"changes": 100000, "records"?, "deletes"?: 0.02, "seed"?}: many changes at once',
    run: (state, { parts: [name], body }) => {
      hosted(state, name).company.bulk(parse(bulkSchema, body));
      return ok;
    },
  },
  ...observedRoutes('"company"?, "kind"?: "changes" or ["get", …]'),
  {
    method: 'GET',
    path: '/sessions',
    help: 'who is logged in by a session',
    run: ({ sessions }) => sessions.list().map(({ user, usedAt }) => ({ user, usedAt })),
  },
  {
    method: 'DELETE',
    path: '/sessions',
    help: 'logs everybody out',
    run: ({ sessions }) => ({ ended: sessions.end() }),
  },
];

function describe(instance: Instance, host: Hosted) {
  const { company, hooks, licence, loggedIn, forbidden, hidden } = host;
  return {
    name: company.name,
    title: company.title,
    changelog: company.changelogEnabled() ? 'enabled' : 'disabled',
    globalVersion: company.globalVersion(),
    licence,
    loggedIn,
    forbidden: [...forbidden],
    hidden: Object.fromEntries([...hidden].map(([evidence, ids]) => [evidence, [...ids]])),
    records: company.counts(),
    hooks: hooks.list(),
    requests: instance.requests.counts(company.name),
  };
}
