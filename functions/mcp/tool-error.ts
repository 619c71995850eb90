/** What a tool refuses, as a model is told it. */

import type { FieldError } from '../../shared/faults/field-error.ts';

/** Fields at fault that are told; nobody corrects more of them at once. */
const mostErrors = 20;

/** The message is the whole answer: it must not hold a secret. */
export class ToolError extends Error {
  override readonly name = 'ToolError';

  /** @param errors each with what would have been accepted */
  static ofFields(errors: readonly FieldError[]): ToolError {
    const lines = errors.slice(0, mostErrors).map(({ field, message, allowed }) => {
      const isSaid = message.includes(allowed);
      return `${field}: ${message}${isSaid ? '' : `; allowed: ${allowed}`}`;
    });
    return new ToolError(lines.join('\n'));
  }
}
