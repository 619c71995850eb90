import type { state as english } from '../en/state.ts';
import type { Slavic, Translation } from '../texts.ts';

export const state: Translation<typeof english, Slavic> = {
  waiting: 'ожидает',
  queued: 'в очереди',
  running: 'выполняется',
  succeeded: 'успешно',
  failed: 'ошибка',
  cancelled: 'отменено',
  interrupted: 'прервано',
  pending: 'ещё не начато',
  skipped: 'пропущено',
};
