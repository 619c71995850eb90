/**
 * What an engine does not do, and why that is not a fault of the database layer. Everything else
 * holds everywhere; a difference that is not here is a fault of the stand-in.
 */

export type Engine = 'stand-in' | 'SQL Server' | 'Azure SQL' | 'Babelfish';

export type Promised =
  | 'attention'
  | 'context_info'
  | 'every number'
  | 'KILL'
  | 'procedure and line'
  | 'rights';

export const exceptions: Partial<Record<Engine, Partial<Record<Promised, string>>>> = {
  'stand-in': { rights: 'its logins may do everything' },
  'Azure SQL': { rights: 'logins are made in master, where the suite does not go' },
};
