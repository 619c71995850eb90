/** What the control interface can do. */

import { z } from 'zod';
import { faultSchema } from '../../stand-in/faults/faults.ts';
import { Refusal } from '../../stand-in/http/refusal.ts';
import { type Hosted, hosted, type Instance } from '../instance.ts';
import type { Backups } from './backups.ts';
import type { LateCommits } from './late-commits.ts';

export interface ControlState {
  instance: Instance;
  backups: Backups;
  lateCommits: LateCommits;
}

interface Route {
  method: 'GET' | 'PUT' | 'DELETE';
  path: RegExp;
  help: string;
  run(state: ControlState, parts: string[], body: unknown): unknown;
}

const ok = { ok: true };

const companySchema = z.strictObject({
  licence: z.enum(['present', 'missing']).optional(),
  loggedIn: z.boolean().optional(),
  changelog: z.enum(['enabled', 'disabled']).optional(),
});
const versionsSchema = z.strictObject({ versions: z.int().min(1).max(1_000_000).default(1) });
const backupSchema = z.strictObject({ name: z.string().default('default') });
const bulkSchema = z.strictObject({
  changes: z.int().min(1).max(10_000_000),
  records: z.int().min(1).optional(),
  deletes: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
});

export const routes: readonly Route[] = [
  { method: 'GET', path: /^\/$/, help: 'this text', run: () => helpText() },
  {
    method: 'GET',
    path: /^\/companies$/,
    help: 'names of the companies',
    run: ({ instance }) => [...instance.companies.keys()],
  },
  {
    method: 'GET',
    path: /^\/companies\/([^/]+)$/,
    help: 'global version, records by evidence, switches, hooks, requests by kind',
    run: ({ instance }, [name]) => describe(instance, hosted(instance, name)),
  },
  {
    method: 'PUT',
    path: /^\/companies\/([^/]+)$/,
    help: '{"licence"?: "present" | "missing", "loggedIn"?: true (somebody sits at the desktop client: enabling changes fails), "changelog"?: "enabled" | "disabled"}',
    run: ({ instance }, [name], body) => {
      const found = hosted(instance, name);
      const { licence, loggedIn, changelog } = parse(companySchema, body);
      if (licence) found.licence = licence;
      if (loggedIn !== undefined) found.loggedIn = loggedIn;
      if (changelog === 'enabled') found.company.enableChangelog();
      if (changelog === 'disabled') found.company.disableChangelog();
      return describe(instance, found);
    },
  },
  {
    method: 'PUT',
    path: /^\/companies\/([^/]+)\/late$/,
    help: '{"versions"?: 1}: a transaction takes versions and commits later; answers its number',
    run: ({ instance, lateCommits }, [name], body) =>
      lateCommits.begin(hosted(instance, name).company, parse(versionsSchema, body).versions),
  },
  {
    method: 'PUT',
    path: /^\/companies\/([^/]+)\/late\/(\d+)$/,
    help: '{"winstrom": {"adresar": [{…}]}}: commits it, writing this (one evidence)',
    run: ({ instance, lateCommits }, [name, id], body) => {
      const { winstrom } = parse(z.object({ winstrom: z.record(z.string(), z.unknown()) }), body);
      const [evidence] = Object.keys(winstrom).filter((member) => !member.startsWith('@'));
      if (evidence === undefined) throw new Refusal(400, 'winstrom: expected an evidence');
      const commit = lateCommits.take(hosted(instance, name).company, Number(id));
      return commit.commit(evidence, winstrom).winstrom;
    },
  },
  {
    method: 'DELETE',
    path: /^\/companies\/([^/]+)\/late\/(\d+)$/,
    help: 'rolls it back: its versions stay gaps',
    run: ({ instance, lateCommits }, [name, id]) => {
      lateCommits.take(hosted(instance, name).company, Number(id)).rollback();
      return ok;
    },
  },
  {
    method: 'PUT',
    path: /^\/companies\/([^/]+)\/gap$/,
    help: '{"versions"?: 1}: burns versions',
    run: ({ instance }, [name], body) => {
      hosted(instance, name).company.gap(parse(versionsSchema, body).versions);
      return ok;
    },
  },
  {
    method: 'PUT',
    path: /^\/companies\/([^/]+)\/backup$/,
    help: '{"name"?: "default"}: takes a backup',
    run: async ({ instance, backups }, [name], body) => {
      await backups.take(hosted(instance, name).company, parse(backupSchema, body).name);
      return ok;
    },
  },
  {
    method: 'PUT',
    path: /^\/companies\/([^/]+)\/restore$/,
    help: '{"name"?: "default"}: goes back to it, versions too',
    run: ({ instance, backups }, [name], body) => {
      const { name: backup } = parse(backupSchema, body);
      if (!backups.restore(hosted(instance, name).company, backup)) {
        throw new Refusal(404, `there is no backup '${backup}' of ${name}`);
      }
      return ok;
    },
  },
  {
    method: 'PUT',
    path: /^\/companies\/([^/]+)\/bulk$/,
    help: '{"changes": 100000, "records"?, "deletes"?: 0.02, "seed"?}: many changes at once',
    run: ({ instance }, [name], body) => {
      hosted(instance, name).company.bulk(clean(parse(bulkSchema, body)));
      return ok;
    },
  },
  {
    method: 'GET',
    path: /^\/faults$/,
    help: 'what is set to go wrong',
    run: ({ instance }) => instance.faults.list,
  },
  {
    method: 'PUT',
    path: /^\/faults$/,
    help: 'adds {"company"?, "kind"?: "changes" or ["get", …], "after"?: 0, "times"?: 3, "delayMilliseconds"?: 20000, "status"?: 503, "retryAfterSeconds"?: 2, "broken"?: "request" | "answer" | "truncated" | "cut" | "garbage"}; answers its number',
    run: ({ instance }, _, body) => ({ id: instance.faults.set(clean(parse(faultSchema, body))) }),
  },
  {
    method: 'DELETE',
    path: /^\/faults$/,
    help: 'removes all',
    run: ({ instance }) => {
      instance.faults.clear();
      return ok;
    },
  },
  {
    method: 'DELETE',
    path: /^\/faults\/(\d+)$/,
    help: 'removes one',
    run: ({ instance }, [id]) => {
      if (!instance.faults.remove(Number(id))) throw new Refusal(404, `there is no fault ${id}`);
      return ok;
    },
  },
  {
    method: 'GET',
    path: /^\/requests$/,
    help: 'requests by kind, the most at once, and the latest thousand',
    run: ({ instance: { requests } }) => ({
      counts: requests.counts(),
      mostAtOnce: requests.mostAtOnce,
      latest: requests.latest,
    }),
  },
  {
    method: 'DELETE',
    path: /^\/requests$/,
    help: 'counts from nothing again',
    run: ({ instance }) => {
      instance.requests.clear();
      return ok;
    },
  },
  {
    method: 'GET',
    path: /^\/sessions$/,
    help: 'who is logged in by a session',
    run: ({ instance }) => instance.sessions.list().map(({ user, usedAt }) => ({ user, usedAt })),
  },
  {
    method: 'DELETE',
    path: /^\/sessions$/,
    help: 'logs everybody out',
    run: ({ instance }) => ({ ended: instance.sessions.end() }),
  },
];

function describe(instance: Instance, { company, hooks, licence, loggedIn }: Hosted) {
  return {
    name: company.name,
    title: company.title,
    changelog: company.changelogEnabled() ? 'enabled' : 'disabled',
    globalVersion: company.globalVersion(),
    licence,
    loggedIn,
    records: company.counts(),
    hooks: hooks.list(),
    requests: instance.requests.counts(company.name),
  };
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new Refusal(400, z.prettifyError(result.error));
}

/** Optional members that are absent rather than undefined. */
function clean<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function helpText(): string {
  const shown = (path: RegExp) =>
    path.source
      .replace(/^\^|\$$/g, '')
      .replaceAll('\\/', '/')
      .replace('([^/]+)', '<company>')
      .replace('(\\d+)', '<number>');
  const lines = routes.map(
    ({ method, path, help }) => `${method.padEnd(6)} ${shown(path)}\n       ${help}`,
  );
  return `FlexiBee stand-in: control\n\n${lines.join('\n')}\n`;
}
