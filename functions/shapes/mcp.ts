/** Messages of the Model Context Protocol, as far as anybody but its SDK looks at them. */

import { z } from 'zod';

export const mcpMessageSchema = z
  .looseObject({ jsonrpc: z.literal('2.0') })
  .meta({ id: 'McpMessage', description: 'JSON-RPC 2.0, as the Model Context Protocol has it' });
