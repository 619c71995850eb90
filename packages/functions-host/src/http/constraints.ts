/** Inline constraints of ASP.NET route templates: `{id:int:min(1)}`. */

export type Constraint = (value: string) => boolean;

const number = /^[+-]?\d+$/;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)$/;
const float = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const guid =
  /^(\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}|[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12})$/i;

function integer(bits: number): Constraint {
  return (value) => {
    if (!number.test(value)) return false;
    const exact = BigInt(value.replace('+', ''));
    return BigInt.asIntN(bits, exact) === exact;
  };
}

const plain: Record<string, Constraint> = {
  int: integer(32),
  long: integer(64),
  bool: (value) => /^(true|false)$/i.test(value),
  decimal: (value) => decimal.test(value),
  double: (value) => float.test(value),
  float: (value) => float.test(value),
  datetime: (value) => !Number.isNaN(Date.parse(value)),
  guid: (value) => guid.test(value),
  alpha: (value) => /^[a-z]*$/i.test(value),
  required: (value) => value !== '',
};

const isLong = integer(64);

const withNumbers: Record<string, (value: string, ...numbers: number[]) => boolean> = {
  length: (value, from = 0, to = from) => value.length >= from && value.length <= to,
  minlength: (value, from = 0) => value.length >= from,
  maxlength: (value, to = 0) => value.length <= to,
  min: (value, from = 0) => isLong(value) && Number(value) >= from,
  max: (value, to = 0) => isLong(value) && Number(value) <= to,
  range: (value, from = 0, to = 0) => isLong(value) && Number(value) >= from && Number(value) <= to,
};

/** How many numbers each takes. */
const arity: Record<string, number[]> = {
  length: [1, 2],
  minlength: [1],
  maxlength: [1],
  min: [1],
  max: [1],
  range: [2],
};

/**
 * @param text one constraint as written: `int`, `length(4)`, `regex(^\d+$)`.
 * @throws Error when it is unknown or its parameters are wrong.
 */
export function parseConstraint(text: string): Constraint {
  const [, name = '', parameters] = /^([a-z]+)(?:\((.*)\))?$/is.exec(text) ?? [];
  const key = name.toLowerCase();
  if (parameters === undefined && Object.hasOwn(plain, key)) return plain[key] as Constraint;
  if (parameters !== undefined && key === 'regex') {
    const expression = new RegExp(parameters, 'i');
    return (value) => expression.test(value);
  }
  const check = Object.hasOwn(withNumbers, key) ? withNumbers[key] : undefined;
  const numbers = parameters === undefined ? [] : parameters.split(',').map(Number);
  if (check && arity[key]?.includes(numbers.length) && numbers.every(Number.isInteger)) {
    return (value) => check(value, ...numbers);
  }
  throw new Error(
    `route constraint "${text}" is unknown or has wrong parameters; known are ${[...Object.keys(plain), ...Object.keys(withNumbers), 'regex'].join(', ')}`,
  );
}
