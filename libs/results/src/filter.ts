import { ExpressionError, nearest, parseExpression } from '@natsweep/sweep';
import type { ExpressionTree } from '@natsweep/sweep';
import { sql } from 'kysely';
import type { RawBuilder, SqlBool } from 'kysely';
import type { Column, Columns } from './columns.ts';
import { ResultsError } from './results-error.ts';

type Sql = RawBuilder<unknown>;
type ValueType = 'number' | 'string' | 'boolean' | 'null';

interface Compiled {
  readonly type: ValueType;
  readonly sql: Sql;
}

interface Context {
  readonly columns: Columns;
  /** The type that the other side of a comparison has: a parameter may have values of several types. */
  readonly wanted?: ValueType | undefined;
  /** How many functions and remainders are around: each writes its operands into the SQL more than once. */
  readonly nested: number;
}

const MAX_NESTED = 3;
const MAX_ARGUMENTS = 4;

/**
 * Compiles a condition such as `depth > 3 && approximation in ['exact', 'kfac'] && finalTrainLoss < 1e-3` to SQL with
 * bound values. It is the language of a sweep's `where`, over parameters, metrics (`params.x`, `metrics.x` where the two
 * share a name), `index`, `seed`, `attempt`, `elapsedSeconds`, `peakMemoryBytes`, `outcome` and `failure`; `x == null` holds where there is
 * no value. A comparison with a value that is not there is false, and so is one with a quotient by zero.
 * @throws ResultsError `bad-filter`
 */
export function compileFilter(text: string, columns: Columns): RawBuilder<SqlBool> {
  try {
    return condition(parseExpression(text), { columns, nested: 0 });
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const hint = error.suggestion === undefined ? '' : `; did you mean ${error.suggestion}?`;
    throw new ResultsError('bad-filter', `The filter "${text}" is wrong: ${error.message}${hint || '.'}`, error);
  }
}

/** Absent values make SQL's third truth value; a condition has two. */
function condition(node: ExpressionTree, context: Context): RawBuilder<SqlBool> {
  const compiled = compile(node, { ...context, wanted: 'boolean' });
  if (compiled.type !== 'boolean') throw new ExpressionError(`expected a condition, this is a ${compiled.type}`, 0);
  return sql`(${compiled.sql} is true)`;
}

function compile(node: ExpressionTree, context: Context): Compiled {
  switch (node.type) {
    case 'Literal':
      return literal(node.value, node.raw);
    case 'Identifier':
      return name(node.name, context);
    case 'MemberExpression':
      return member(node, context);
    case 'UnaryExpression':
      return unary(node, context);
    case 'BinaryExpression':
      return binary(node, context);
    case 'ConditionalExpression':
      return choice(node, context);
    case 'CallExpression':
      return call(node, context);
    default:
      throw new ExpressionError(`${node.type} is not part of the language`, 0);
  }
}

function literal(value: unknown, raw: string): Compiled {
  if (value === null) return { type: 'null', sql: sql`null` };
  if (typeof value === 'boolean') return { type: 'boolean', sql: value ? sql`(1 = 1)` : sql`(1 = 0)` };
  if (typeof value === 'string') return { type: 'string', sql: sql`cast(${value} as text)` };
  if (typeof value === 'number' && Number.isFinite(value)) return number(sql`cast(${value} as double precision)`);
  throw new ExpressionError(`${raw} is not a finite number, text, true, false or null`, 0);
}

const fixedNames: Readonly<Record<string, Compiled>> = {
  index: number(sql.ref('trial_index')),
  seed: number(sql.ref('seed')),
  attempt: number(sql.ref('attempt')),
  elapsedSeconds: number(sql.ref('elapsed_seconds')),
  peakMemoryBytes: number(sql.ref('peak_memory_bytes')),
  outcome: { type: 'string', sql: sql.ref('outcome') },
  failure: { type: 'string', sql: sql.ref('failure') },
};

function name(text: string, context: Context): Compiled {
  const { params, metrics } = context.columns;
  const candidates = params.get(text);
  if (candidates) return parameter(candidates, context);
  const metric = metrics.get(text);
  if (metric) return number(sql.ref(metric));
  if (Object.hasOwn(fixedNames, text)) return fixedNames[text]!;
  const known = [...params.keys(), ...metrics.keys(), ...Object.keys(fixedNames)];
  throw new ExpressionError(`no trial has a parameter or metric "${text}"`, 0, nearest(text, known));
}

function parameter(candidates: readonly Column[], { wanted }: Context): Compiled {
  const { column, type } = candidates.find((candidate) => candidate.type === wanted) ?? candidates[0]!;
  return { type, sql: type === 'boolean' ? sql`(${sql.ref(column)} = 1)` : sql.ref(column) };
}

function member(node: Extract<ExpressionTree, { type: 'MemberExpression' }>, context: Context): Compiled {
  const object = node.object.type === 'Identifier' ? node.object['name'] : undefined;
  const property = node.computed ? literalText(node.property) : String(node.property['name']);
  if (object === 'params' && property !== undefined) {
    const candidates = context.columns.params.get(property);
    if (candidates) return parameter(candidates, context);
    throw new ExpressionError(
      `no trial has a parameter "${property}"`,
      0,
      nearest(property, context.columns.params.keys()),
    );
  }
  if (object === 'metrics' && property !== undefined) {
    const metric = context.columns.metrics.get(property);
    if (metric) return number(sql.ref(metric));
    throw new ExpressionError(
      `no trial has a metric "${property}"`,
      0,
      nearest(property, context.columns.metrics.keys()),
    );
  }
  throw new ExpressionError('a point stands only in params.NAME and metrics.NAME', 0);
}

function literalText(node: { readonly type: string }): string | undefined {
  return node.type === 'Literal' && 'value' in node && typeof node.value === 'string' ? node.value : undefined;
}

function unary(node: Extract<ExpressionTree, { type: 'UnaryExpression' }>, context: Context): Compiled {
  const argument = node.argument as ExpressionTree;
  switch (node.operator) {
    case '!':
      return { type: 'boolean', sql: sql`(not ${condition(argument, context)})` };
    case '-':
      return number(sql`(- ${numeric(argument, context)})`);
    case '+':
      return number(numeric(argument, context));
    default:
      throw new ExpressionError(`the operator ${node.operator} is not part of the language`, 0);
  }
}

const comparisons: Readonly<Record<string, Sql>> = { '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` };

const arithmetic: Readonly<Record<string, (a: Sql, b: Sql) => Sql>> = {
  '+': (a, b) => sql`(${a} + ${b})`,
  '-': (a, b) => sql`(${a} - ${b})`,
  '*': (a, b) => sql`(${a} * ${b})`,
  '/': (a, b) => sql`(${a} / nullif(${b}, 0))`,
  '%': (a, b) => sql`(${a} - trunc(${a} / nullif(${b}, 0)) * ${b})`,
};

function binary(node: Extract<ExpressionTree, { type: 'BinaryExpression' }>, context: Context): Compiled {
  const { operator } = node;
  const left = node.left as ExpressionTree;
  const right = node.right as ExpressionTree;
  if (operator === '&&') return bool(sql`(${condition(left, context)} and ${condition(right, context)})`);
  if (operator === '||') return bool(sql`(${condition(left, context)} or ${condition(right, context)})`);
  if (operator === 'in') return membership(left, right, context);
  if (operator === '==') return bool(equality(left, right, context));
  if (operator === '!=') return bool(sql`(not ${equality(left, right, context)})`);
  if (Object.hasOwn(arithmetic, operator)) {
    const inner = operator === '%' ? deeper(context) : context;
    return number(arithmetic[operator]!(numeric(left, inner), numeric(right, inner)));
  }
  if (!Object.hasOwn(comparisons, operator))
    throw new ExpressionError(`the operator ${operator} is not part of the language`, 0);
  const [a, b] = comparable(left, right, context);
  if (a.type !== 'number' && a.type !== 'string') throw new ExpressionError(`${operator} needs numbers or texts`, 0);
  return bool(sql`(${a.sql} ${comparisons[operator]!} ${b.sql})`);
}

function equality(left: ExpressionTree, right: ExpressionTree, context: Context): Sql {
  const [a, b] = comparable(left, right, context);
  if (b.type === 'null') return sql`(${a.sql} is null)`;
  if (a.type === 'null') return sql`(${b.sql} is null)`;
  return sql`((${a.sql} = ${b.sql}) is true)`;
}

function membership(left: ExpressionTree, list: ExpressionTree, context: Context): Compiled {
  if (list.type !== 'ArrayExpression') throw new ExpressionError('"in" needs a list such as [1, 2] on its right', 0);
  const alternatives = list.elements.map((element) => {
    if (element === null) throw new ExpressionError('a list has no empty places', 0);
    return equality(left, element as ExpressionTree, context);
  });
  return bool(alternatives.length === 0 ? sql`(1 = 0)` : sql`(${sql.join(alternatives, sql` or `)})`);
}

/** Both sides, of one type; a parameter with values of several types takes that of the other side. */
function comparable(left: ExpressionTree, right: ExpressionTree, context: Context): [Compiled, Compiled] {
  const hint = (node: ExpressionTree): Context => {
    const other = node.type === 'Literal' && node.value !== null ? (typeof node.value as ValueType) : undefined;
    return { ...context, wanted: other };
  };
  const a = compile(left, hint(right));
  const b = compile(right, hint(left));
  if (a.type !== b.type && a.type !== 'null' && b.type !== 'null')
    throw new ExpressionError(`a ${a.type} is never equal to a ${b.type}`, 0);
  return [a, b];
}

function choice(node: Extract<ExpressionTree, { type: 'ConditionalExpression' }>, context: Context): Compiled {
  const test = condition(node.test as ExpressionTree, context);
  const [a, b] = comparable(node.consequent as ExpressionTree, node.alternate as ExpressionTree, context);
  return { type: a.type === 'null' ? b.type : a.type, sql: sql`(case when ${test} then ${a.sql} else ${b.sql} end)` };
}

const functions: Readonly<Record<string, (...values: Sql[]) => Sql>> = {
  abs: (x) => sql`abs(${x!})`,
  log10: (x) => sql`(case when ${x!} > 0 then log(${x!}) end)`,
  sqrt: (x) => sql`(case when ${x!} >= 0 then sqrt(${x!}) end)`,
  min: (...values) => values.reduce((a, b) => sql`(case when ${a} <= ${b} then ${a} else ${b} end)`),
  max: (...values) => values.reduce((a, b) => sql`(case when ${a} >= ${b} then ${a} else ${b} end)`),
};

function call(node: Extract<ExpressionTree, { type: 'CallExpression' }>, context: Context): Compiled {
  const called = node.callee.type === 'Identifier' ? String(node.callee['name']) : '';
  const apply = Object.hasOwn(functions, called) ? functions[called] : undefined;
  if (!apply) {
    const names = Object.keys(functions);
    throw new ExpressionError(`${called} is not a function; there are ${names.join(', ')}`, 0, nearest(called, names));
  }
  const values = node.arguments.map((argument) => numeric(argument as ExpressionTree, deeper(context)));
  const most = called === 'min' || called === 'max' ? MAX_ARGUMENTS : 1;
  if (values.length === 0 || values.length > most)
    throw new ExpressionError(`${called} takes ${most === 1 ? 'one number' : `one to ${most} numbers`}`, 0);
  return number(apply(...values));
}

function deeper(context: Context): Context {
  if (context.nested === MAX_NESTED)
    throw new ExpressionError(`functions and % stand at most ${MAX_NESTED} deep in each other`, 0);
  return { ...context, nested: context.nested + 1 };
}

function numeric(node: ExpressionTree, context: Context): Sql {
  const compiled = compile(node, { ...context, wanted: 'number' });
  if (compiled.type !== 'number') throw new ExpressionError(`expected a number, this is a ${compiled.type}`, 0);
  return compiled.sql;
}

function number(sql: Sql): Compiled {
  return { type: 'number', sql };
}

function bool(sql: Sql): Compiled {
  return { type: 'boolean', sql };
}
