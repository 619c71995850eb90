/** What a definition can be asked, for people and programs that look around. */

import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { DynsqlConnection } from '../../shared/app/connections/connection.ts';
import type { AppServices } from '../../shared/app/services.ts';
import { type Described, helpOf, helpSchema } from '../../shared/dynsql/help/help.ts';
import { querySchemaOf } from '../../shared/dynsql/help/query-schema.ts';
import { helpText } from '../../shared/dynsql/help/text.ts';
import { languages } from '../../shared/dynsql/help/words.ts';
import { preferredLanguage } from '../../shared/http/accept-language.ts';
import { json, plain, prefersJson } from '../../shared/http/answer.ts';
import { patienceMs } from '../../shared/http/call-place.ts';
import { tagged } from '../../shared/http/conditional.ts';
import type { RouteHandler } from '../../shared/http/handler.ts';
import { HttpProblem } from '../../shared/http/problem.ts';
import { allowedConnection, pathParameter } from './allowed-connection.ts';
import { explained } from './problems.ts';

/** In the reader's language, as JSON or as text. */
export function readHelp(app: AppServices): RouteHandler {
  return ofDefinition(app, (described, path, request) =>
    helpAnswer(described, path, request, prefersJson(request, 'json')),
  );
}

/** @param path of the definition */
export function helpAnswer(
  described: Described,
  path: string,
  request: HttpRequest,
  isJson: boolean,
): HttpResponseInit {
  const language = preferredLanguage(request.headers.get('accept-language'), languages, 'en');
  const headers = { vary: 'Accept, Accept-Language', 'content-language': language };
  const help = helpOf(described, path, language);
  return isJson
    ? json(helpSchema.parse(help), { headers })
    : plain(helpText(help, language), { headers });
}

/** JSON Schema of the body of a query. */
export function readSchema(app: AppServices): RouteHandler {
  return ofDefinition(app, ({ definition, templates }) =>
    json(querySchemaOf(definition, templates)),
  );
}

/** The reports of a definition. */
export function listReports(app: AppServices): RouteHandler {
  return ofDefinition(app, ({ reports }, _path, _request, { id }) => {
    if (reports !== undefined) return json(reports);
    const message = `Connection ${id} is one of ABRA Gen, which does not tell its reports.`;
    throw new HttpProblem('not-found', message);
  });
}

function ofDefinition(
  app: AppServices,
  answer: (
    described: Described,
    path: string,
    request: HttpRequest,
    connection: DynsqlConnection,
  ) => HttpResponseInit,
): RouteHandler {
  return async (request, context, { caller, signal, place }) => {
    const connection = allowedConnection(request, app, caller);
    const id = pathParameter(request, 'id');
    const ask = () => explained(context, caller, () => connection.described(id, signal));
    const described = await place.aside(ask, patienceMs);
    const path = pathOf(connection, described);
    return tagged(answer(described, path, request, connection));
  };
}

export const pathOf = ({ id }: DynsqlConnection, { definition }: Described): string =>
  `/${id}/dynsql/${definition.id}`;
