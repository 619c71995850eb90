/**
 * The library's programming model, with requests that say what their own line and head say.
 *
 * It stands before the library because the library reads headers and parameters, and may fail over
 * them and leave the client without an answer, before any code of an app is called.
 */

import {
  type Core,
  type InvocationContext,
  type InvocationModel,
  type ProgrammingModel,
  workerCore,
} from './core.ts';
import { type Arrival, admit, invocationHeader, openDoor } from './door.ts';
import { fitsRoute, mendOrigin, ownMetadata } from './head.ts';

/** Call it after functions are registered: the library sets its model with the first of them. */
export function readRequestsThemselves(core: Core = workerCore()): void {
  core.setProgrammingModel(withOwnRequests(core.getProgrammingModel()));
}

function withOwnRequests(library: ProgrammingModel): ProgrammingModel {
  let streams = false;
  return {
    name: library.name,
    version: library.version,
    async getCapabilities(capabilities) {
      const all = await library.getCapabilities(capabilities);
      const uri = all['HttpUri'];
      if (uri !== undefined) openDoor(uri);
      streams = uri !== undefined;
      return all;
    },
    getInvocationModel(context) {
      const model = library.getInvocationModel(context);
      const bindings = Object.values(context.metadata.bindings);
      const trigger = bindings.find(({ type }) => type.toLowerCase() === 'httptrigger');
      if (!streams || trigger === undefined) return model;
      return ofRequest(model, context, trigger.route || context.metadata.name);
    },
  };
}

function ofRequest(
  model: InvocationModel,
  context: InvocationContext,
  route: string,
): InvocationModel {
  return {
    async getArguments() {
      const arrival = await admit({
        invocationId: context.invocationId,
        clientsName: clientsName(context),
        fits: ({ url = '/' }) => fitsRoute(route, url),
      });
      mendOrigin(arrival.request);
      context.request.triggerMetadata = ownMetadata(arrival.request, route);
      try {
        return await model.getArguments();
      } catch (error) {
        refuse(arrival);
        throw error;
      }
    },
    invokeFunction: (...call) => model.invokeFunction(...call),
    getResponse: (...call) => model.getResponse(...call),
  };
}

/** The library leaves the client of such a request waiting for ever. */
function refuse({ response }: Arrival): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' });
  response.end('The request cannot be read.');
}

/** What the client sent under the name of the host's own header, as far as it can be seen. */
function clientsName({ request }: InvocationContext): string | undefined {
  const text = request.triggerMetadata?.['Headers']?.json;
  if (text === undefined) return undefined;
  const headers = Object.entries(Object(JSON.parse(text)) as Record<string, unknown>);
  const named = headers.find(([name]) => name.toLowerCase() === invocationHeader);
  return typeof named?.[1] === 'string' ? named[1] : undefined;
}
