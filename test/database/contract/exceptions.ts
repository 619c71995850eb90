/**
 * What an engine does not do, and why that is not a fault of the database layer. Everything else
 * holds everywhere; a difference that is not here is a fault of the stand-in. The reasons are in
 * docs/sql-server.md, too.
 */

export type Engine = 'stand-in' | 'SQL Server' | 'Azure SQL' | 'Babelfish';

export type Promised =
  | 'assignments do not count'
  | 'attention'
  | 'every number'
  | 'every session is listed'
  | 'number of no database'
  | 'lock that is not free'
  | 'output of (max)'
  | 'ownership chain'
  | 'procedure and line'
  | 'rights'
  | 'seven digits'
  | 'text as it is';

export const exceptions: Partial<Record<Engine, Partial<Record<Promised, string>>>> = {
  'stand-in': { rights: 'its logins may do everything' },
  'Azure SQL': { rights: 'logins are made in master, where the suite does not go' },
  Babelfish: {
    'assignments do not count': 'SET @x and DECLARE @x = … count as statements of no rows',
    attention: 'reads no attention while a statement runs, and sends messages with its end only',
    'every number': 'errors that it knows no number of SQL Server for are 33557097',
    'every session is listed': 'dm_exec_sessions may lose one that begins as another one ends',
    'lock that is not free': 'answers a lock that is not to be had at once with -999, and not -1',
    'number of no database': 'says 911 at a login to a database that is not there, as after USE',
    'output of (max)': 'gives no (max) back from a procedure',
    'ownership chain': 'a procedure needs the rights of its caller for what it touches',
    'procedure and line': 'names no procedure, and counts lines from elsewhere',
    'seven digits': 'keeps six digits of a second, as PostgreSQL does',
    'text as it is':
      'a parameter that is read bare loses its length or scale, and letters that are not Latin',
  },
};

/** What an engine says where it has no number of SQL Server's for an error. */
export const unnamed = 33_557_097;
