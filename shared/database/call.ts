/** Calls of stored procedures. */

import type { Link, SqlParameter } from './link.ts';

export interface ProcedureCall {
  procedure: { schema: string; name: string };
  parameters: readonly SqlParameter[];
}

export interface ProcedureResult {
  returnValue: number;
  /** One number a statement that counted. */
  rowsAffected: number[];
  /** Values of the output parameters, as the driver gives them, by name without `@`. */
  output: Record<string, unknown>;
}

/** `Session.call` over the connection it has borrowed. */
export function callProcedure(
  link: Link,
  call: ProcedureCall,
  onMessage: (text: string) => void,
  signal: AbortSignal,
): Promise<ProcedureResult> {
  const { schema, name } = call.procedure;
  const request = link.request(call.parameters, signal);
  request.on('info', (info: { message: string }) => onMessage(info.message));
  return link.send(request, signal, async () => {
    const result = await request.execute(`[${schema}].[${name}]`);
    return {
      returnValue: result.returnValue as number,
      rowsAffected: result.rowsAffected,
      output: result.output,
    };
  });
}
