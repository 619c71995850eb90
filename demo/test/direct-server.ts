/**
 * Runs the demo's procedures directly, without the wire: in-memory databases, a context that
 * records what a procedure does, and crashes on demand at any of its steps.
 */

import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { ProcedureContext, SqlValue } from 'tds-sqlite';
import type { DemoDatabase } from '../billing/index.ts';

export class Crash extends Error {}

export interface CallRecord {
  affected: number;
  messages: string[];
  /** Milliseconds asked for, one entry a delay; no real time passes. */
  delays: number[];
  results: (readonly SqlValue[])[];
  returned: number | undefined;
}

export interface CallOptions {
  /** Throws a Crash at this step (from 1): a transaction begun or about to commit, a pause. */
  crashAt?: number;
  /** Told of every delay. */
  onDelay?: (milliseconds: number) => void;
}

export interface DirectServer {
  database(name: string): DatabaseSync;
  /** Parameters by name without `@`; a declared one left out takes its default. */
  call(
    database: string,
    procedure: string,
    parameters?: Record<string, SqlValue>,
    options?: CallOptions,
  ): Promise<CallRecord>;
  close(): void;
}

/** T-SQL definitions as SQLite takes them: one name a table, text compared without case. */
const asSqlite = (schema: string) =>
  schema
    .replace(/CREATE SCHEMA [^;]*;/g, '')
    .replaceAll('].[', '.')
    .replace(/\[([^\]]*)\]/g, '"$1"')
    .replace(/(n?(?:var)?char\(\d+\))/g, '$1 COLLATE NOCASE');

function openDatabase({ schema, seed }: DemoDatabase): DatabaseSync {
  const database = new DatabaseSync(':memory:');
  database.exec(asSqlite(schema));
  database.exec('BEGIN');
  seed?.(database);
  database.exec('COMMIT');
  return database;
}

export function startDirectServer(definitions: readonly DemoDatabase[]): DirectServer {
  /** What writes to a database, one after the other. */
  const writers = new Map<string, Promise<unknown>>();
  const open = new Map(
    definitions.map((definition) => [definition.name, openDatabase(definition)]),
  );

  function database(name: string): DatabaseSync {
    const found = open.get(name);
    if (!found) throw new RangeError(`no database ${name}`);
    return found;
  }

  async function call(
    name: string,
    procedureName: string,
    parameters: Record<string, SqlValue> = {},
    { crashAt, onDelay }: CallOptions = {},
  ): Promise<CallRecord> {
    const procedure = definitions
      .find((definition) => definition.name === name)
      ?.procedures.find((candidate) => candidate.name === procedureName);
    if (!procedure) throw new RangeError(`no procedure ${procedureName} in ${name}`);
    const record: CallRecord = {
      affected: 0,
      messages: [],
      delays: [],
      results: [],
      returned: undefined,
    };
    let steps = 0;
    const step = () => {
      steps += 1;
      if (steps === crashAt) throw new Crash(`at step ${steps}`);
    };
    const context: ProcedureContext = {
      parameters: Object.fromEntries(
        procedure.parameters.map((parameter) => {
          const plain = parameter.name.slice(1);
          const value = parameters[plain] ?? parameter.default;
          if (value === undefined) throw new RangeError(`${procedureName}: ${plain} is missing`);
          return [plain, value];
        }),
      ),
      database: database(name),
      linked: database,
      signal: new AbortController().signal,
      message: (text) => record.messages.push(text),
      async delay(milliseconds) {
        step();
        record.delays.push(milliseconds);
        onDelay?.(milliseconds);
      },
      async breathe() {
        step();
        await setImmediate();
      },
      async transaction(work) {
        step();
        const connection = database(name);
        const before = writers.get(name);
        const result = (async () => {
          await before?.catch(() => undefined);
          connection.exec('BEGIN');
          try {
            const value = await work();
            step();
            connection.exec('COMMIT');
            return value;
          } catch (error) {
            connection.exec('ROLLBACK');
            throw error;
          }
        })();
        writers.set(name, result);
        return result;
      },
      affected: (rows) => {
        record.affected += rows;
      },
      setOutput() {
        throw new Error('no procedure of the demo has output parameters');
      },
      resultSet: (_columns, rows) => record.results.push(...rows),
      execute: () => Promise.reject(new Error('no procedure of the demo calls another')),
    };
    record.returned = await procedure.run(context);
    return record;
  }

  return {
    database,
    call,
    close() {
      for (const connection of open.values()) connection.close();
    },
  };
}
