import type { Row } from '../database.ts';
import type { Evidence } from '../evidence/index.ts';
import { Refusal } from './refusal.ts';

/** What an action makes of a record; the column says for which evidences there is such an action. */
const actions: Readonly<Record<string, [column: string, value: string | number]>> = {
  storno: ['storno', 1],
  lock: ['zamekK', 'zamek.zamceno'],
  'lock-for-ucetni': ['zamekK', 'zamek.polozamceno'],
  unlock: ['zamekK', 'zamek.otevreno'],
  'sign-for-payment': ['podpisPrik', 1],
  'unsign-for-payment': ['podpisPrik', 0],
};

/**
 * Performs an `@action` other than `delete` on a record that is there.
 * @throws Refusal when the evidence has none of that name
 */
export function perform(row: Row, evidence: Evidence, action: string): void {
  const [column, value] = actions[action] ?? [];
  const known = evidence.properties.some(({ name }) => name === column);
  if (column === undefined || !known) {
    throw new Refusal({
      message: `Akce '${action}' není v evidenci '${evidence.path}' podporována.`,
    });
  }
  row[column] = value ?? null;
}

/** @throws Refusal when the record is locked, unless it is what unlocks it */
export function refuseIfLocked(row: Row, evidence: Evidence, action?: string): void {
  const locked = ['zamek.zamceno', 'zamek.polozamceno'].includes(String(row['zamekK']));
  if (!locked || action === 'unlock' || action === 'lock' || action === 'lock-for-ucetni') return;
  throw new Refusal({
    message: `Záznam ${evidence.path}#${row['id']} je zamčený.`,
    messageCode: 'zaznamZamcen',
  });
}
