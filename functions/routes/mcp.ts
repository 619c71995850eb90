/** The Model Context Protocol: one path, behind which the other routes are. */

import { z } from 'zod';
import { runQueueOutput } from '../../shared/app/run-queue.ts';
import { answerMcp } from '../mcp/answer-mcp.ts';
import type { Route } from '../route.ts';
import { mcpMessageSchema } from '../shapes/mcp.ts';

/** @param routes that its tools ask */
export const mcpRoute = (routes: readonly Route[]): Route => ({
  name: 'mcp',
  tag: 'service',
  route: 'mcp',
  access: 'token',
  refusals: 'json',
  outputs: [runQueueOutput],
  methods: () => ({
    POST: {
      handler: answerMcp(routes),
      role: 'any',
      changes: { nothing: 'a tool that changes something asks the route that does' },
      summary:
        'What models may ask and do: the Model Context Protocol (streamable HTTP, stateless)',
      parameters: [
        {
          name: 'MCP-Protocol-Version',
          in: 'header',
          description: 'As agreed in the answer to initialize',
          schema: () => z.string(),
        },
      ],
      body: () => mcpMessageSchema,
      responses: {
        200: { description: 'The answer to a request', json: () => mcpMessageSchema },
        202: { description: 'A notification, or an answer, was taken' },
        400: {
          description: 'No message, or a version that is not spoken',
          json: () => mcpMessageSchema,
        },
        406: {
          description: 'Accept lacks application/json or text/event-stream',
          json: () => mcpMessageSchema,
        },
      },
    },
  }),
});
