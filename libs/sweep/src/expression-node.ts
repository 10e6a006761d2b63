import type jsep from 'jsep';
import {
  checkLiteral,
  expectComparable,
  expectType,
  failure,
  quoteHint,
  type CompileContext,
  type CompiledNode,
  type ExpressionType,
} from './expression-checks.ts';
import { ExpressionError } from './expression-error.ts';
import { nearest } from './nearest.ts';
import type { ParameterValue } from './trial.ts';

const functions: Readonly<Record<string, { readonly arity: number; readonly apply: (...x: number[]) => number }>> = {
  abs: { arity: 1, apply: Math.abs },
  log10: { arity: 1, apply: Math.log10 },
  sqrt: { arity: 1, apply: Math.sqrt },
  min: { arity: Infinity, apply: Math.min },
  max: { arity: Infinity, apply: Math.max },
};

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const order: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Checks one node and everything below it and turns it into a closure. Throws `ExpressionError`. */
export function compileNode(expression: jsep.Expression, context: CompileContext): CompiledNode {
  const node = expression as jsep.CoreExpression;
  switch (node.type) {
    case 'Literal':
      return compileLiteral(node, context);
    case 'Identifier':
      return compileName(node.name, context);
    case 'UnaryExpression':
      return compileUnary(node, context);
    case 'BinaryExpression':
      return compileBinary(node, context);
    case 'ConditionalExpression':
      return compileConditional(node, context);
    case 'CallExpression':
      return compileCall(node, context);
    case 'ArrayExpression':
      throw failure('a list stands only to the right of "in"', { token: '[', context });
    case 'MemberExpression':
      throw failure('properties are not part of the language; use parameter names', { token: '.', context });
    default:
      throw new ExpressionError(`${node.type} is not part of the language`, 0);
  }
}

function compileLiteral({ value, raw }: jsep.Literal, context: CompileContext): CompiledNode {
  if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') {
    throw failure(`${raw} is not a number, text, true or false`, { token: raw, context });
  }
  if (typeof value === 'number' && !Number.isFinite(value))
    throw failure(`${raw} is not finite`, { token: raw, context });
  return { type: typeof value as ExpressionType, evaluate: () => value };
}

function compileName(name: string, context: CompileContext): CompiledNode {
  const parameter = context.types.get(name);
  if (parameter === undefined) {
    const suggestion = nearest(name, context.types.keys());
    const message = `${name} is not a parameter of this experiment${quoteHint(name, context)}`;
    throw failure(message, { token: name, context }, suggestion);
  }
  context.names.add(name);
  return { type: parameter.type, evaluate: (params) => params[name]! };
}

function compileUnary(node: jsep.UnaryExpression, context: CompileContext): CompiledNode {
  const argument = compileNode(node.argument, context);
  switch (node.operator) {
    case '!':
      expectType(argument, 'boolean', { token: '!', context });
      return { type: 'boolean', evaluate: (params) => argument.evaluate(params) !== true };
    case '-':
      expectType(argument, 'number', { token: '-', context });
      return { type: 'number', evaluate: (params) => -(argument.evaluate(params) as number) };
    case '+':
      expectType(argument, 'number', { token: '+', context });
      return argument;
    default:
      throw failure(`the operator ${node.operator} is not part of the language`, { token: node.operator, context });
  }
}

function compileBinary(node: jsep.BinaryExpression, context: CompileContext): CompiledNode {
  const { operator } = node;
  if (operator === 'in') return compileIn(node, context);
  const left = compileNode(node.left, context);
  const right = compileNode(node.right, context);
  if (operator === '&&' || operator === '||') {
    expectType(left, 'boolean', { token: operator, context });
    expectType(right, 'boolean', { token: operator, context });
    const both = operator === '&&';
    return {
      type: 'boolean',
      evaluate: (params) => (left.evaluate(params) === both ? right.evaluate(params) : !both),
    };
  }
  if (operator === '==' || operator === '!=') {
    expectComparable(left, right, { token: operator, context });
    checkLiteral(node.left, node.right, context);
    checkLiteral(node.right, node.left, context);
    const equal = operator === '==';
    return { type: 'boolean', evaluate: (params) => (left.evaluate(params) === right.evaluate(params)) === equal };
  }
  const compare = Object.hasOwn(order, operator) ? order[operator] : undefined;
  const compute = Object.hasOwn(arithmetic, operator) ? arithmetic[operator] : undefined;
  const apply = compare ?? compute;
  if (apply === undefined) {
    const suggestion = operator.startsWith('==') ? '==' : operator.startsWith('!=') ? '!=' : undefined;
    throw failure(`the operator ${operator} is not part of the language`, { token: operator, context }, suggestion);
  }
  expectType(left, 'number', { token: operator, context });
  expectType(right, 'number', { token: operator, context });
  return {
    type: compare === undefined ? 'number' : 'boolean',
    evaluate: (params) => apply(left.evaluate(params) as number, right.evaluate(params) as number),
  };
}

function compileIn(node: jsep.BinaryExpression, context: CompileContext): CompiledNode {
  const left = compileNode(node.left, context);
  if (node.right.type !== 'ArrayExpression') {
    throw failure('"in" needs a list such as [1, 2] on its right', { token: 'in', context });
  }
  const members = new Set<ParameterValue>();
  for (const element of (node.right as jsep.ArrayExpression).elements) {
    if (element === null) throw failure('a list has no empty places', { token: '[', context });
    const member = compileNode(element, { ...context, names: new Set() });
    if (!isConstant(element)) throw failure('a list holds numbers, texts, true or false', { token: '[', context });
    expectComparable(left, member, { token: 'in', context });
    checkLiteral(node.left, element, context);
    members.add(member.evaluate({}));
  }
  return { type: 'boolean', evaluate: (params) => members.has(left.evaluate(params)) };
}

function isConstant(node: jsep.Expression): boolean {
  return (
    node.type === 'Literal' || (node.type === 'UnaryExpression' && isConstant(node['argument'] as jsep.Expression))
  );
}

function compileConditional(node: jsep.ConditionalExpression, context: CompileContext): CompiledNode {
  const test = compileNode(node.test, context);
  const consequent = compileNode(node.consequent, context);
  const alternate = compileNode(node.alternate, context);
  expectType(test, 'boolean', { token: '?', context });
  expectComparable(consequent, alternate, { token: '?', context });
  return {
    type: consequent.type === 'any' ? alternate.type : consequent.type,
    evaluate: (params) => (test.evaluate(params) === true ? consequent : alternate).evaluate(params),
  };
}

function compileCall(node: jsep.CallExpression, context: CompileContext): CompiledNode {
  const name = node.callee.type === 'Identifier' ? String(node.callee['name']) : '';
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined) {
    const message = `${name || 'this'} is not a function; there are ${Object.keys(functions).join(', ')}`;
    throw failure(message, { token: name || '(', context }, nearest(name, Object.keys(functions)));
  }
  const count = node.arguments.length;
  if (known.arity === Infinity ? count === 0 : count !== known.arity) {
    throw failure(`${name} takes ${known.arity === Infinity ? 'one or more' : known.arity} numbers`, {
      token: name,
      context,
    });
  }
  const values = node.arguments.map((argument) => compileNode(argument, context));
  for (const value of values) expectType(value, 'number', { token: name, context });
  return {
    type: 'number',
    evaluate: (params) => known.apply(...values.map((value) => value.evaluate(params) as number)),
  };
}
