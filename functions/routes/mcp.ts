/** The Model Context Protocol: one path, behind which the other routes are. */

import { z } from 'zod';
import { runQueueOutput } from '../../shared/app/run-queue.ts';
import { answerMcp } from '../mcp/answer-mcp.ts';
import type { Route } from '../route.ts';

const messageSchema = z
  .looseObject({ jsonrpc: z.literal('2.0') })
  .meta({ id: 'McpMessage', description: 'JSON-RPC 2.0, as the Model Context Protocol has it' });

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
      body: () => messageSchema,
      responses: {
        200: { description: 'The answer to a request', json: () => messageSchema },
        202: { description: 'A notification, or an answer, was taken' },
        400: {
          description: 'No message, or a version that is not spoken',
          json: () => messageSchema,
        },
        406: {
          description: 'Accept lacks application/json or text/event-stream',
          json: () => messageSchema,
        },
      },
    },
  }),
});
