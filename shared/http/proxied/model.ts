/**
 * The library's programming model, with requests that say what their own line and head say.
 *
 * It stands before the library because the library reads headers and parameters, and may fail over
 * them and leave the client without an answer, before any code of an app is called.
 */

import { forget } from '../outgoing.ts';
import {
  type Core,
  type InvocationContext,
  type InvocationModel,
  type ProgrammingModel,
  workerCore,
} from './core.ts';
import { type Arrival, admit, invocationHeader, openDoor, takingLargeHeads } from './door.ts';
import { fitsRoute, mendOrigin, ownMetadata } from './head.ts';

/** Told of every call of a function: hooks would have the worker write four lines for each. */
export interface Calls {
  begin(invocationId: string): void;
  /** When its answer is made; where it streams, when the whole of it is made. */
  end(invocationId: string): void;
}

/** Call it after functions are registered: the library sets its model with the first of them. */
export function readRequestsThemselves(calls: Calls, core: Core = workerCore()): void {
  core.setProgrammingModel(withOwnRequests(core.getProgrammingModel(), calls));
}

function withOwnRequests(library: ProgrammingModel, calls: Calls): ProgrammingModel {
  let streams = false;
  return {
    name: library.name,
    version: library.version,
    async getCapabilities(capabilities) {
      const all = await takingLargeHeads(() => library.getCapabilities(capabilities));
      const uri = all['HttpUri'];
      if (uri !== undefined) openDoor(uri);
      streams = uri !== undefined;
      return all;
    },
    getInvocationModel(context) {
      const model = told(library.getInvocationModel(context), context.invocationId, calls);
      const bindings = Object.values(context.metadata.bindings);
      const trigger = bindings.find(({ type }) => type.toLowerCase() === 'httptrigger');
      if (!streams || trigger === undefined) return model;
      return ofRequest(model, context, trigger.route || context.metadata.name);
    },
  };
}

function told(model: InvocationModel, id: string, calls: Calls): InvocationModel {
  const end = () => {
    calls.end(id);
    forget(id);
  };
  return {
    getArguments: () => model.getArguments(),
    async invokeFunction(...call) {
      calls.begin(id);
      try {
        return await model.invokeFunction(...call);
      } catch (error) {
        // There will be no answer.
        end();
        throw error;
      }
    },
    async getResponse(...call) {
      try {
        return await model.getResponse(...call);
      } finally {
        end();
      }
    },
  };
}

function ofRequest(
  model: InvocationModel,
  context: InvocationContext,
  route: string,
): InvocationModel {
  return {
    ...model,
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
        forget(context.invocationId);
        throw error;
      }
    },
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
  if (text === undefined || !text.toLowerCase().includes(invocationHeader)) return undefined;
  const headers = Object.entries(Object(JSON.parse(text)) as Record<string, unknown>);
  const named = headers.find(([name]) => name.toLowerCase() === invocationHeader);
  return typeof named?.[1] === 'string' ? named[1] : undefined;
}
