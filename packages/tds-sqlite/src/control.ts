/** What the control interface can do. */

import { ok, parse, Refusal, type Route } from 'stand-in-kit';
import { z } from 'zod';
import { type Denial, serverPermissions } from './procedure.ts';
import type { Instance } from './session/instance.ts';

const failuresSchema = z.strictObject({
  times: z.int().min(0),
  number: z.int().min(1),
  message: z.string().exactOptional(),
  severity: z.int().min(11).max(25).exactOptional(),
  state: z.int().min(0).max(255).exactOptional(),
  line: z.int().min(1).exactOptional(),
});

const faultSchema = z.strictObject({
  database: z.string().exactOptional(),
  parameters: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .exactOptional(),
  delayMilliseconds: z.number().min(0).max(86_400_000).exactOptional(),
  failures: failuresSchema.exactOptional(),
});

const statementSchema = z.strictObject({
  contains: z.string().min(1),
  database: z.string().exactOptional(),
  failures: failuresSchema,
});

const serverSchema = z.strictObject({
  login: z.enum(['accept', 'refuse', 'silent']).exactOptional(),
  denied: z
    .array(
      z.union([
        z.enum(serverPermissions),
        z.custom<Denial>(
          (text) => typeof text === 'string' && /^(EXECUTE|SELECT) ON [^.]+\.[^.]+$/.test(text),
          `use ${serverPermissions.join(', ')}, EXECUTE ON schema.name or SELECT ON schema.name`,
        ),
      ]),
    )
    .exactOptional(),
});

export const controlRoutes: readonly Route<Instance>[] = [
  {
    method: 'GET',
    path: '/calls',
    help: 'log of procedure calls; ?since=<id> leaves out that one and all before it',
    run: ({ callLog }, { query }) => {
      const since = Number(query.get('since') ?? 0);
      if (!Number.isInteger(since) || since < 0)
        throw new Refusal(400, `since: expected the id of a call, got '${query.get('since')}'`);
      return callLog.calls.filter((call) => call.id > since);
    },
  },
  {
    method: 'DELETE',
    path: '/calls',
    help: 'empties the log',
    run: ({ callLog }) => {
      callLog.clear();
      return ok;
    },
  },
  {
    method: 'PUT',
    path: '/procedures/<schema.name>',
    help: 'faults of <schema.name>: {"delayMilliseconds": 500, "failures": {"times": 2, "number": 1205, "message"?, "severity"?, "state"?, "line"?}, "database"?: "HCS", "parameters"?: {"CurDataAreaId": "0c10"}}',
    run: (instance, { parts: [procedure = ''], body }) => {
      const exists = instance.databases.some((database) =>
        database.procedures.has(procedure.toLowerCase()),
      );
      if (!exists && !procedure.includes('.'))
        throw new Refusal(404, `procedure: expected schema.name, got '${procedure}'`);
      instance.faults.set({ ...parse(faultSchema, body), procedure });
      return ok;
    },
  },
  {
    method: 'GET',
    path: '/procedures',
    help: 'the faults that are set',
    run: ({ faults }) => faults.list,
  },
  {
    method: 'DELETE',
    path: '/procedures',
    help: 'removes all faults',
    run: ({ faults }) => {
      faults.clear();
      return ok;
    },
  },
  {
    method: 'DELETE',
    path: '/procedures/<schema.name>',
    help: 'removes the faults of one procedure',
    run: ({ faults }, { parts: [procedure = ''] }) => {
      faults.remove(procedure);
      return ok;
    },
  },
  {
    method: 'PUT',
    path: '/statements',
    help: 'what batches and calls fail with whose text holds another one: {"contains": "FROM crude.", "failures": {"times": 1, "number": 40613, …}, "database"?: "AB"}; DELETE /procedures ends it',
    run: (instance, { body }) => {
      instance.faults.setStatement(parse(statementSchema, body));
      return ok;
    },
  },
  {
    method: 'PUT',
    path: '/logins',
    help: 'what the next logins fail with: {"times": 3, "number": 4060, "message"?, "severity"?, "state"?}',
    run: (instance, { body }) => {
      instance.faults.logins = parse(failuresSchema, body);
      return ok;
    },
  },
  {
    method: 'GET',
    path: '/sessions',
    help: 'the sessions, and what they run',
    run: ({ sessions }) => [...sessions.values()].map((session) => session.describe()),
  },
  {
    method: 'DELETE',
    path: '/sessions/<spid>',
    help: 'kills a session: what it runs ends, its transaction is rolled back',
    run: ({ sessions }, { parts: [spid] }) => {
      const session = sessions.get(Number(spid));
      if (!session) throw new Refusal(404, `there is no session ${spid}`);
      session.kill();
      return ok;
    },
  },
  {
    method: 'PUT',
    path: '/server',
    help: '{"login"?: "accept" | "refuse" | "silent", "denied"?: ["VIEW SERVER STATE", "ALTER ANY CONNECTION", "EXECUTE ON dbo.sp_x", "SELECT ON heap.meter"]}: what happens to new logins, and what none of them may do',
    run: (instance, { body }) => {
      const { login, denied } = parse(serverSchema, body);
      if (login !== undefined) instance.loginMode = login;
      if (denied !== undefined) instance.denied = new Set(denied);
      return ok;
    },
  },
];
