/** What the control interface can do. */

import { z } from 'zod';
import type { Instance } from '../session/instance.ts';

export class ControlError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Call {
  /** What the path's pattern caught. */
  argument: string;
  query: URLSearchParams;
  body: unknown;
}

const ok = { ok: true };

interface Route {
  method: 'GET' | 'PUT' | 'DELETE';
  path: RegExp;
  help: string;
  run(instance: Instance, call: Call): unknown;
}

const faultSchema = z.strictObject({
  database: z.string().optional(),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .optional(),
  delayMilliseconds: z.number().min(0).max(86_400_000).optional(),
  failures: z
    .strictObject({
      times: z.int().min(0),
      number: z.int().min(1),
      message: z.string().optional(),
      severity: z.int().min(11).max(25).optional(),
      state: z.int().min(0).max(255).optional(),
      line: z.int().min(1).optional(),
    })
    .optional(),
});

const serverSchema = z.strictObject({ login: z.enum(['accept', 'refuse', 'silent']) });

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ControlError(400, z.prettifyError(result.error));
}

export const routes: readonly Route[] = [
  { method: 'GET', path: /^\/$/, help: 'this text', run: () => helpText() },
  {
    method: 'GET',
    path: /^\/calls$/,
    help: 'log of procedure calls; ?since=<id> leaves out that one and all before it',
    run: ({ callLog }, { query }) => {
      const since = Number(query.get('since') ?? 0);
      if (!Number.isInteger(since) || since < 0)
        throw new ControlError(
          400,
          `since: expected the id of a call, got '${query.get('since')}'`,
        );
      return callLog.calls.filter((call) => call.id > since);
    },
  },
  {
    method: 'DELETE',
    path: /^\/calls$/,
    help: 'empties the log',
    run: ({ callLog }) => {
      callLog.clear();
      return ok;
    },
  },
  {
    method: 'PUT',
    path: /^\/procedures\/([^/]+)$/,
    help: 'faults of <schema.name>: {"delayMilliseconds": 500, "failures": {"times": 2, "number": 1205, "message"?, "severity"?, "state"?, "line"?}, "database"?: "HCS", "parameters"?: {"CurDataAreaId": "0c10"}}',
    run: (instance, { argument, body }) => {
      const exists = instance.databases.some((database) =>
        database.procedures.has(argument.toLowerCase()),
      );
      if (!exists && !argument.includes('.'))
        throw new ControlError(404, `procedure: expected schema.name, got '${argument}'`);
      const { failures, ...fault } = parse(faultSchema, body);
      const own = failures && { failures: clean(failures) };
      instance.faults.set(clean({ ...fault, procedure: argument, ...own }));
      return ok;
    },
  },
  {
    method: 'GET',
    path: /^\/procedures$/,
    help: 'the faults that are set',
    run: ({ faults }) => faults.list,
  },
  {
    method: 'DELETE',
    path: /^\/procedures$/,
    help: 'removes all faults',
    run: ({ faults }) => {
      faults.clear();
      return ok;
    },
  },
  {
    method: 'DELETE',
    path: /^\/procedures\/([^/]+)$/,
    help: 'removes the faults of one procedure',
    run: ({ faults }, { argument }) => {
      faults.remove(argument);
      return ok;
    },
  },
  {
    method: 'GET',
    path: /^\/sessions$/,
    help: 'the sessions, and what they run',
    run: ({ sessions }) => [...sessions.values()].map((session) => session.describe()),
  },
  {
    method: 'DELETE',
    path: /^\/sessions\/(\d+)$/,
    help: 'kills a session: what it runs ends, its transaction is rolled back',
    run: ({ sessions }, { argument }) => {
      const session = sessions.get(Number(argument));
      if (!session) throw new ControlError(404, `there is no session ${argument}`);
      session.kill();
      return ok;
    },
  },
  {
    method: 'PUT',
    path: /^\/server$/,
    help: '{"login": "accept" | "refuse" | "silent"}: what happens to new logins',
    run: (instance, { body }) => {
      instance.loginMode = parse(serverSchema, body).login;
      return ok;
    },
  },
];

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
      .replace('([^/]+)', '<schema.name>')
      .replace('(\\d+)', '<spid>');
  const lines = routes.map(
    ({ method, path, help }) => `${method.padEnd(6)} ${shown(path)}\n       ${help}`,
  );
  return `SQL Server stand-in: control\n\n${lines.join('\n')}\n`;
}
