/**
 * SQL Server's errors by number, with the texts of sys.messages (language 1033).
 * What an error does to its batch is decided in session/outcome.ts by these numbers.
 */

import { SqlServerError } from './procedure.ts';

type Maker = (...values: (string | number)[]) => SqlServerError;

function error(number: number, template: string, severity = 16, state = 1): Maker {
  return (...values) => {
    let next = 0;
    const text = template.replaceAll('%', () => String(values[next++] ?? ''));
    // Line 0 stands for 'not known yet': the interpreter puts its statement's line there.
    return new SqlServerError(number, text, { severity, state, line: 0 });
  };
}

export const errors = {
  syntaxNear: error(102, "Incorrect syntax near '%'.", 15),
  syntaxNearKeyword: error(156, "Incorrect syntax near the keyword '%'.", 15),
  unclosedQuote: error(105, "Unclosed quotation mark after the character string '%'.", 15),
  unclosedComment: error(113, "Missing end comment mark '*/'.", 15),
  mustBeNamed: error(
    119,
    "Must pass parameter number % and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.",
    15,
  ),
  fewerColumns: error(
    109,
    'There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.',
    15,
  ),
  moreColumns: error(
    110,
    'There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.',
    15,
  ),
  columnNumberOutOfRange: error(
    108,
    'The ORDER BY position number % is out of range of the number of items in the select list.',
    15,
  ),
  selectFewer: error(
    120,
    'The select list for the INSERT statement contains fewer items than the insert list. The number of SELECT values must match the number of INSERT columns.',
    15,
  ),
  selectMore: error(
    121,
    'The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns.',
    15,
  ),
  duplicateVariable: error(
    134,
    "The variable name '%' has already been declared. Variable names must be unique within a query batch or stored procedure.",
    15,
  ),
  breakOutsideLoop: error(
    135,
    'Cannot use a BREAK statement outside the scope of a WHILE statement.',
    15,
  ),
  continueOutsideLoop: error(
    136,
    'Cannot use a CONTINUE statement outside the scope of a WHILE statement.',
    15,
  ),
  undeclaredVariable: error(137, 'Must declare the scalar variable "%".', 15, 2),
  aggregateInWhere: error(
    147,
    'An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.',
    15,
  ),
  assignAndRetrieve: error(
    141,
    'A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.',
    15,
  ),
  unknownDatePart: error(155, "'%' is not a recognized % option.", 15),
  duplicateAlias: error(
    1011,
    "The correlation name '%' is specified multiple times in a FROM clause.",
    15,
  ),
  duplicateExposed: error(
    1013,
    'The objects "%" and "%" in the FROM clause have the same exposed names. Use correlation names to distinguish them.',
    15,
  ),
  argumentCount: error(174, 'The % function requires % argument(s).', 15),
  argumentRange: error(189, 'The % function requires % to % arguments.', 15),
  unknownFunction: error(195, "'%' is not a recognized built-in function name.", 15, 10),
  functionNotFound: error(
    4121,
    'Cannot find either column "%" or the user-defined function or aggregate "%", or the name is ambiguous.',
  ),
  missingParameter: error(
    201,
    "Procedure or function '%' expects parameter '%', which was not supplied.",
    16,
    4,
  ),
  unionColumns: error(
    205,
    'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.',
  ),
  operandClash: error(206, 'Operand type clash: % is incompatible with %', 16, 2),
  invalidColumn: error(207, "Invalid column name '%'."),
  invalidObject: error(208, "Invalid object name '%'."),
  ambiguousColumn: error(209, "Ambiguous column name '%'."),
  insertMismatch: error(
    213,
    'Column name or number of supplied values does not match table definition.',
  ),
  typeOverflow: error(220, 'Arithmetic overflow error for data type %, value = %.', 16, 2),
  dateConversion: error(
    241,
    'Conversion failed when converting date and/or time from character string.',
  ),
  dateOutOfRange: error(
    242,
    'The conversion of a % data type to a % data type resulted in an out-of-range value.',
    16,
    3,
  ),
  textOverflow: error(248, "The conversion of the % value '%' overflowed an int column.", 16, 1),
  conversion: error(245, "Conversion failed when converting the % value '%' to data type %."),
  implicitConversion: error(
    257,
    'Implicit conversion from data type % to % is not allowed. Use the CONVERT function to run this query.',
    16,
    3,
  ),
  identityColumnUpdate: error(8102, "Cannot update identity column '%'."),
  columnTwice: error(
    264,
    "The column name '%' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.",
  ),
  transactionCount: error(
    266,
    'Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = %, current count = %.',
    16,
    2,
  ),
  cannotConstructDate: error(
    289,
    'Cannot construct data type %, some of the arguments have values which are not valid.',
  ),
  nestingLimit: error(
    217,
    'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).',
  ),
  moneySyntax: error(
    235,
    'Cannot convert a char value to %. The char value has incorrect syntax.',
    16,
    0,
  ),
  overflowDate: error(517, "Adding a value to a '%' column caused an overflow."),
  nullNotAllowed: error(
    515,
    "Cannot insert the value NULL into column '%', table '%'; column does not allow nulls. % fails.",
    16,
    2,
  ),
  noImplicitColumnName: error(
    1038,
    'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.',
    15,
    5,
  ),
  subqueryManyValues: error(
    512,
    'Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.',
  ),
  subqueryManyColumns: error(
    116,
    'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.',
  ),
  explicitConversion: error(
    529,
    'Explicit conversion from data type % to % is not allowed.',
    16,
    1,
  ),
  dateDiffOverflow: error(
    535,
    'The datediff function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use datediff with a less precise datepart.',
    16,
    0,
  ),
  identityInsert: error(
    544,
    "Cannot insert explicit value for identity column in table '%' when IDENTITY_INSERT is set to OFF.",
  ),
  identityInsertMissing: error(
    545,
    "Explicit value must be specified for identity column in table '%' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.",
  ),
  constraintConflict: error(
    547,
    'The % statement conflicted with the % constraint "%". The conflict occurred in database "%", table "%"%.',
    16,
    0,
  ),
  databaseNotFound: error(
    911,
    "Database '%' does not exist. Make sure that the name is entered correctly.",
    16,
    1,
  ),
  requestTooDeep: error(
    8631,
    'Internal error: Server stack limit has been reached. Please look for potentially deep nesting in your query, and try to simplify it.',
    17,
  ),
  deadlock: error(
    1205,
    'Transaction (Process ID %) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.',
    13,
    51,
  ),
  lockTimeout: error(1222, 'Lock request time out period exceeded.', 16, 56),
  mustDeclareTable: error(1087, 'Must declare the table variable "%".', 15, 2),
  duplicateIndexKey: error(
    2601,
    "Cannot insert duplicate key row in object '%' with unique index '%'. The duplicate key value is (%).",
    14,
  ),
  duplicateKey: error(
    2627,
    "Violation of % constraint '%'. Cannot insert duplicate key in object '%'. The duplicate key value is (%).",
    14,
  ),
  truncated: error(
    2628,
    "String or binary data would be truncated in table '%', column '%'. Truncated value: '%'.",
  ),
  truncatedOld: error(8152, 'String or binary data would be truncated.', 16, 2),
  duplicateColumn: error(
    2705,
    "Column names in each table must be unique. Column name '%' in table '%' is specified more than once.",
    16,
    3,
  ),
  objectExists: error(2714, "There is already an object named '%' in the database.", 16, 6),
  compatibilityLevel: error(
    15048,
    'Valid values of the database compatibility level are 100, 110, 120, 130, 140, 150.',
  ),
  alterDenied: error(
    5011,
    "User does not have permission to alter database '%', the database does not exist, or the database is not in a state that allows access checks.",
    14,
    5,
  ),
  invalidCollation: error(448, "Invalid collation '%'."),
  collationConflict: error(
    468,
    'Cannot resolve the collation conflict between "%" and "%" in the % operation.',
    16,
    9,
  ),
  unknownType: error(2715, 'Column, parameter, or variable #%: Cannot find data type %.', 16, 6),
  schemaMissing: error(
    2760,
    'The specified schema name "%" either does not exist or you do not have permission to use it.',
  ),
  createFailed: error(2759, 'CREATE SCHEMA failed due to previous errors.', 16, 0),
  procedureNotFound: error(2812, "Could not find stored procedure '%'.", 16, 62),
  invalidTypeSize: error(
    2716,
    'Column, parameter, or variable #%: Cannot specify a column width on data type %.',
  ),
  cannotDrop: error(
    3701,
    "Cannot drop the % '%', because it does not exist or you do not have permission.",
    11,
    5,
  ),
  savePointNotFound: error(
    6401,
    'Cannot roll back %. No transaction or savepoint of that name was found.',
    16,
    1,
  ),
  referencedTable: error(
    3726,
    "Could not drop object '%' because it is referenced by a FOREIGN KEY constraint.",
  ),
  truncateReferenced: error(
    4712,
    "Cannot truncate table '%' because it is being referenced by a FOREIGN KEY constraint.",
  ),
  commitWithoutBegin: error(
    3902,
    'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.',
  ),
  rollbackWithoutBegin: error(
    3903,
    'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.',
  ),
  saveWithoutBegin: error(
    628,
    'Cannot issue SAVE TRANSACTION when there is no active transaction.',
    16,
    0,
  ),
  doomedCommit: error(
    3930,
    'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.',
  ),
  doomedSavePoint: error(
    3931,
    'The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.',
  ),
  doomedAtEnd: error(
    3998,
    'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.',
  ),
  objectNotFound: error(
    4902,
    'Cannot find the object "%" because it does not exist or you do not have permissions.',
  ),
  truncateNotFound: error(
    4701,
    'Cannot find the object "%" because it does not exist or you do not have permissions.',
  ),
  columnMissingInAlter: error(
    4924,
    "ALTER TABLE % failed because column '%' does not exist in table '%'.",
  ),
  addNotNull: error(
    4901,
    "ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '%' cannot be added to non-empty table '%' because it does not satisfy these conditions.",
  ),
  constraintNotFound: error(3728, "'%' is not a constraint."),
  unboundIdentifier: error(4104, 'The multi-part identifier "%" could not be bound.'),
  prefixMismatch: error(
    107,
    "The column prefix '%' does not match with a table name or alias name used in the query.",
  ),
  notACondition: error(
    4145,
    "An expression of non-boolean type specified in a context where a condition is expected, near '%'.",
    15,
  ),
  columnListMismatch: error(8158, "'%' has more columns than were specified in the column list."),
  columnListLonger: error(8159, "'%' has fewer columns than were specified in the column list."),
  unnamedColumn: error(8155, "No column name was specified for column % of '%'.", 16, 2),
  notInGroupBy: error(
    8120,
    "Column '%' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.",
  ),
  notAggregated: error(
    8118,
    "Column '%' is invalid in the select list because it is not contained in an aggregate function and there is no GROUP BY clause.",
  ),
  havingNotInGroupBy: error(
    8121,
    "Column '%' is invalid in the HAVING clause because it is not contained in either an aggregate function or the GROUP BY clause.",
  ),
  orderNotInGroupBy: error(
    8127,
    'Column "%" is invalid in the ORDER BY clause because it is not contained in either an aggregate function or the GROUP BY clause.',
  ),
  unorderedSubquery: error(
    1033,
    'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.',
    15,
  ),
  distinctOrder: error(
    145,
    'ORDER BY items must appear in the select list if SELECT DISTINCT is specified.',
    15,
  ),
  orderByConstant: error(
    408,
    'A constant expression was encountered in the ORDER BY list, position %.',
  ),
  orderByVariable: error(
    1008,
    'The SELECT item identified by the ORDER BY number % contains a variable as part of the expression identifying a column position. Variables are only allowed when ordering by an expression referencing a column name.',
  ),
  sortedTwice: error(
    169,
    'A column has been specified more than once in the order by list. Columns in the order by list must be unique.',
    15,
  ),
  groupBySubquery: error(
    144,
    'Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause.',
    15,
  ),
  groupByConstant: error(
    164,
    'Each GROUP BY expression must contain at least one column that is not an outer reference.',
    15,
  ),
  xmlNotSorted: error(
    305,
    'The XML data type cannot be compared or sorted, except when using the IS NULL operator.',
  ),
  windowOrderIndex: error(
    5308,
    'Windowed functions, aggregates and NEXT VALUE FOR functions do not support integer indices as ORDER BY clause expressions.',
  ),
  windowOrderConstant: error(
    5309,
    'Windowed functions, aggregates and NEXT VALUE FOR functions do not support constants as ORDER BY clause expressions.',
  ),
  windowNeedsOrder: error(4112, "The function '%' must have an OVER clause with ORDER BY.", 15),
  windowNeedsOver: error(10753, "The function '%' must have an OVER clause.", 15),
  windowedInWhere: error(
    4108,
    'Windowed functions can only appear in the SELECT or ORDER BY clauses.',
    15,
  ),
  columnSpecifiedTwice: error(8156, "The column '%' was specified multiple times for '%'."),
  rowLengths: error(
    10709,
    'The number of columns for each row in a table value constructor must be the same.',
    15,
  ),
  mustHaveTable: error(263, 'Must specify table to select from.'),
  operandInvalid: error(8117, 'Operand data type % is invalid for % operator.'),
  operandTypes: error(402, 'The data types % and % are incompatible in the % operator.'),
  typeConversion: error(8114, 'Error converting data type % to %.', 16, 5),
  overflow: error(8115, 'Arithmetic overflow error converting % to data type %.', 16, 2),
  overflowExpression: error(
    8115,
    'Arithmetic overflow error converting expression to data type %.',
    16,
    2,
  ),
  topNotInteger: error(
    1060,
    'The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.',
    15,
  ),
  topNegative: error(127, 'A TOP N or FETCH rowcount value may not be negative.', 15),
  invalidFloat: error(3623, 'An invalid floating point operation occurred.'),
  divideByZero: error(8134, 'Divide by zero error encountered.'),
  tooManyArguments: error(8144, 'Procedure or function % has too many arguments specified.', 16, 2),
  unknownParameter: error(8145, '% is not a parameter for procedure %.', 16, 2),
  noParameters: error(8146, 'Procedure % has no parameters and arguments were supplied.', 16, 2),
  parameterTwice: error(8143, "Parameter '%' was supplied multiple times.", 16, 2),
  notOutput: error(
    8162,
    'The formal parameter "%" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.',
    16,
    2,
  ),
  guidConversion: error(
    8169,
    'Conversion failed when converting from a character string to uniqueidentifier.',
    16,
    2,
  ),
  notSupplied: error(
    8178,
    "The parameterized query '%' expects the parameter '%', which was not supplied.",
  ),
  identityWithoutList: error(
    8101,
    "An explicit value for the identity column in table '%' can only be specified when a column list is used and IDENTITY_INSERT is ON.",
  ),
  insertExecNested: error(8164, 'An INSERT EXEC statement cannot be nested.'),
  twoPrimaryKeys: error(8110, "Cannot add multiple PRIMARY KEY constraints to table '%'.", 16, 0),
  preparedNotFound: error(8179, 'Could not find prepared statement with handle %.', 16, 2),
  invalidLength: error(
    537,
    'Invalid length parameter passed to the LEFT or SUBSTRING function.',
    16,
    3,
  ),
  invalidJson: error(
    13609,
    "JSON text is not properly formatted. Unexpected character '%' is found at position %.",
    16,
    4,
  ),
  jsonPath: error(
    13607,
    "JSON path is not properly formatted. Unexpected character '%' is found at position %.",
    16,
    4,
  ),
  jsonStrict: error(13608, 'Property cannot be found on the specified JSON path.', 16, 2),
  readOnlyKey: error(
    15664,
    "Cannot set key '%' in the session context. The key has been set as read_only for this session.",
  ),
  invalidUse: error(40515, '% is not supported by this stand-in.'),
  throwWithoutError: error(
    10704,
    'To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.',
    15,
  ),
  throwNumber: error(
    35100,
    'Error number % in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.',
    16,
    10,
  ),
  raiserrorNumber: error(
    2732,
    'Error number % is invalid. The number must be from 13000 through 2147483647 and it cannot be 50000.',
  ),
  raiserrorUnknown: error(
    18054,
    'Error %, severity %, state % was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.',
    16,
    1,
  ),
  raiserrorSeverity: error(
    2754,
    'Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.',
  ),
  raiserrorArgument: error(
    2786,
    'The data type of substitution parameter % does not match the expected type of the format specification.',
  ),
  releaseNotHeld: error(
    1223,
    "Cannot release the application lock (Database Principal: '%', Resource: '%') because it is not currently held.",
  ),
  noExtendedObject: error(
    15135,
    "Object is invalid. Extended properties are not permitted on '%', or the object does not exist.",
  ),
  extendedThere: error(15233, "Property cannot be added. Property '%' already exists for '%'."),
  extendedMissing: error(
    15217,
    "Property cannot be updated or deleted. Property '%' does not exist for '%'.",
  ),
  notSetOption: error(195, "'%' is not a recognized SET option.", 15, 5),
  insertIntoView: error(
    4406,
    "Update or insert of view or function '%' failed because it contains a derived or constant field.",
  ),
  negativeWait: error(148, "Incorrect time syntax in time string '%' used with WAITFOR.", 15),
  fetchWithoutOrder: error(153, 'Invalid usage of the option % in the FETCH statement.', 15, 2),
  mergeSemicolon: error(10713, 'A MERGE statement must be terminated by a semi-colon (;).', 15),
  keyColumnMissing: error(
    1911,
    "Column name '%' does not exist in the target table or view.",
    16,
    1,
  ),
  foreignTableMissing: error(1767, "Foreign key '%' references invalid table '%'.", 16, 0),
  schemaInUse: error(
    3729,
    "Cannot drop schema '%' because it is being referenced by another object.",
  ),
  indexExists: error(
    1913,
    "The operation failed because an index or statistics with name '%' already exists on table '%'.",
  ),
  computedColumn: error(
    271,
    'The column "%" cannot be modified because it is either a computed column or is the result of a UNION operator.',
  ),
  parameterConversion: error(8114, 'Error converting data type % to %.', 16, 1),
  outputNeedsVariable: error(
    179,
    'Cannot use the OUTPUT option when passing a constant to a stored procedure.',
    15,
  ),
  appLockWithoutTransaction: error(
    15626,
    'You attempted to acquire a transactional application lock without an active transaction.',
  ),
  mergeTwice: error(
    8672,
    'The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.',
  ),
  permissionDenied: error(
    229,
    "The % permission was denied on the object '%', database '%', schema '%'.",
    14,
    5,
  ),
  viewServerStateDenied: error(
    300,
    "VIEW SERVER STATE permission was denied on object 'server', database 'master'.",
    14,
  ),
  actionDenied: error(297, 'The user does not have permission to perform this action.'),
  killDenied: error(6102, 'User does not have permission to use the KILL statement.', 14),
  killSelf: error(6104, 'Cannot use KILL to kill your own process.'),
  killUnknown: error(6106, 'Process ID % is not an active process ID.'),
} as const;

/** Two messages for one failure: why, then what. The client gets both. */
export function because(preceding: SqlServerError, error: SqlServerError): SqlServerError {
  const { number, message, severity, state, line } = error;
  return new SqlServerError(number, message, { severity, state, line, preceding });
}
