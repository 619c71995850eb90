/** Who is told of events, how, of which and when. */

import type { EventKind, Severity } from '../event.ts';
import type { Language } from '../messages/message.ts';

export const targetTypes = ['webhook', 'teams', 'slack', 'email'] as const;
export type TargetType = (typeof targetTypes)[number];

/** Where mail goes through. Secret. */
export interface SmtpAddress {
  host: string;
  port: number;
  /** `tls`: from the first byte; `starttls`: before anything is said; `none`: on this machine only. */
  security: 'tls' | 'starttls' | 'none';
  user?: string;
  password?: string;
}

/** By the clock of the target's zone, in minutes since midnight; over midnight where `to` is less. */
export interface Quiet {
  from: number;
  to: number;
}

interface CommonTarget {
  name: string;
  language: Language;
  /** IANA name: of the quiet hours, and of times in texts. */
  timeZone: string;
  kinds: readonly EventKind[];
  /** Nothing that matters less. */
  severity: Severity;
  /** Absent: all data sources. */
  codes?: readonly string[];
  /** Absent: whatever the board, and without one. */
  boards?: readonly string[];
  quiet?: Quiet;
}

/** Secrets are functions, so that none shows when settings are printed. */
export type Target = CommonTarget &
  (
    | { type: 'webhook'; url(): string; secrets(): readonly Buffer[] }
    | { type: 'teams' | 'slack'; url(): string }
    | { type: 'email'; smtp(): SmtpAddress; from: string; to: readonly string[] }
  );
