/** What there is under `/<connection>/dynsql`. */

import type { IncomingMessage } from 'node:http';
import type { DatabaseSync } from 'node:sqlite';
import { Refusal } from 'stand-in-kit';
import { definitions, reports } from '../definitions/index.ts';
import type { Definition } from '../definitions/shape.ts';
import { readQuery } from '../query/read-query.ts';
import { runQuery } from '../query/run.ts';
import { printInvoices } from '../report/invoices.ts';
import { accepts } from './accept.ts';
import { readJson } from './body.ts';
import { badRequest } from './refusal.ts';
import type { Answer } from './send.ts';

export interface Route {
  /** What requests are counted and faults are set by. */
  kind: 'list' | 'definition' | 'exec' | 'report' | 'other';
  run(request: IncomingMessage, database: DatabaseSync): Answer | Promise<Answer>;
}

const json = 'application/json';
const pdf = 'application/pdf';

/** A route for everything: what is not there answers 404 or 405. */
export function routeOf(method: string, url: URL, connection: string): Route {
  const [name = '', source, id, action, ...more] = url.pathname.slice(1).split('/').map(decoded);
  const report = url.searchParams.get('report');
  if (name !== connection) return refused(404, `Spojení '${name}' neexistuje`);
  if (source?.toLowerCase() !== 'dynsql' || more.length > 0) {
    return refused(404, `Zdroj '${url.pathname}' neexistuje`);
  }
  if (id === undefined) return only('GET', method, { kind: 'list', run: list });
  if (action === undefined) {
    const run: Route['run'] = (request) => {
      checkAccept(request, json);
      return jsonAnswer(definitionOf(id));
    };
    return only('GET', method, { kind: 'definition', run });
  }
  if (action !== 'exec') return refused(404, `Zdroj '${url.pathname}' neexistuje`);
  return only('POST', method, report === null ? exec(id) : print(id, report));
}

export function jsonAnswer(body: unknown, status = 200, headers: Answer['headers'] = {}): Answer {
  const text = JSON.stringify(body, undefined, '\t');
  return { status, type: `${json};charset=utf-8`, headers, pieces: [text] };
}

function list(request: IncomingMessage): Answer {
  checkAccept(request, json);
  return jsonAnswer([...definitions.values()].map(({ id, name }) => ({ id, name })));
}

const exec = (id: string): Route => ({
  kind: 'exec',
  run: async (request, database) => {
    const definition = definitionOf(id);
    checkAccept(request, json);
    const query = readQuery(definition, await readJson(request));
    const pieces = runQuery(database, query);
    return { status: 200, type: `${json};charset=utf-8`, pieces };
  },
});

const print = (id: string, report: string): Route => ({
  kind: 'report',
  run: async (request, database) => {
    const definition = definitionOf(id);
    if (reports.get(report) !== definition) {
      throw new Refusal(404, `Report '${report}' dynamického SQL ${id} neexistuje`);
    }
    checkAccept(request, pdf);
    const query = readQuery(definition, await readJson(request));
    return { status: 200, type: pdf, pieces: printInvoices(database, query) };
  },
});

function definitionOf(id: string): Definition {
  const found = definitions.get(id);
  if (found === undefined) throw new Refusal(404, `Dynamické SQL '${id}' neexistuje`);
  return found;
}

/** A printed report has to be asked for by its type; JSON comes to who says nothing. */
function checkAccept({ headers }: IncomingMessage, type: string): void {
  if (accepts(headers.accept, type, type === json)) return;
  throw new Refusal(406, `Hlavička Accept musí obsahovat ${type}`);
}

function only(allowed: string, method: string, route: Route): Route {
  if (method === allowed) return route;
  return refused(405, `Metoda ${method} není povolena`, { allow: allowed });
}

function refused(status: number, description: string, headers: Record<string, string> = {}): Route {
  const run = () => {
    throw new Refusal(status, description, headers);
  };
  return { kind: 'other', run };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return badRequest(`Chybně zakódovaná adresa: ${segment}`);
  }
}
