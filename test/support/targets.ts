/** Targets of events for tests, and what they are told. */

import { randomBytes } from 'node:crypto';
import { kindNames, type NewEvent } from '../../shared/events/event.ts';
import type { Target } from '../../shared/events/targets/target.ts';

const common = {
  language: 'en',
  timeZone: 'UTC',
  kinds: kindNames,
  severity: 'info',
} as const;

export const hookSecret = randomBytes(32);

export function webHook(name: string, origin: string, more: Partial<Target> = {}): Target {
  const url = () => `${origin}/hook/${name}`;
  return { ...common, name, type: 'webhook', url, secrets: () => [hookSecret], ...more } as Target;
}

export function mailbox(name: string, port: number, more: Partial<Target> = {}): Target {
  const smtp = () => ({ host: '127.0.0.1', port, security: 'none' as const });
  const [from, to] = ['syncboard@example.org', ['ops@example.org']];
  return { ...common, name, type: 'email', smtp, from, to, ...more } as Target;
}

export function chat(type: 'teams' | 'slack', origin: string): Target {
  return { ...common, name: type, type, url: () => `${origin}/services/T0/B0/secret-path` };
}

export const causedAt = new Date('2026-11-30T01:15:00.000Z');

export function failure(cause: string, more: Partial<NewEvent> = {}): NewEvent {
  return { kind: 'run.failed', cause, causedAt, run: cause, codes: ['0c10'], ...more };
}
