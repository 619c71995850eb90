/** What `syncboard catalog check` finds. */

/** `warning`: it works, and somebody should know. */
export interface Fault {
  severity: 'fault' | 'warning';
  /** The file, as it was named; absent: it is about a setting, or a server alone. */
  file?: string;
  /** In the file, both from 1. */
  line?: number;
  column?: number;
  /** In the file: `dataSources[3].database`. */
  path?: string;
  /** What is there, and what is allowed. */
  text: string;
  /** What mends it: a statement, or an edit. */
  cure?: string;
  /** Somebody did not answer: what else there is is not known. */
  isUnanswered?: true;
}
