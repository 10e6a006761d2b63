import jsep from 'jsep';
import { ExpressionError } from './expression-error.ts';
import { compileNode } from './expression-node.ts';
import type { ParameterType } from './parameter-type.ts';
import type { ParameterValue } from './trial.ts';

const MAX_LENGTH = 1000;
const MAX_NESTING = 50;

jsep.addBinaryOp('in', 7);

export type ExpressionTree = jsep.CoreExpression;

/** A condition over parameters, checked and ready to evaluate. */
export interface Condition {
  readonly text: string;
  /** The parameters that it reads. */
  readonly names: ReadonlySet<string>;
  /** What one evaluation costs at most, in steps of some nanoseconds. */
  readonly operations: number;
  holds(params: Readonly<Record<string, ParameterValue>>): boolean;
}

/**
 * Parses conditions such as `depth > 3 && approximation in ['exact', 'kfac']` into one condition per conjunct. The
 * parser only builds a tree; a closed set of nodes is then type-checked against the parameters and compiled to
 * closures, so nothing in a sweep file is ever run as code. Throws `ExpressionError`.
 */
export function parseConditions(text: string, types: ReadonlyMap<string, ParameterType>): readonly Condition[] {
  return conjuncts(parseTree(text)).map((node, _, all) => {
    const names = new Set<string>();
    const compiled = compileNode(node, { text, types, names });
    if (compiled.type !== 'boolean') {
      throw new ExpressionError(`expected a condition that is true or false, this is a ${compiled.type}`, 0);
    }
    return {
      text: all.length === 1 ? text : sourceOf(node),
      names,
      operations: operationsOf(node),
      holds: (params) => compiled.evaluate(params) === true,
    };
  });
}

/** The syntax tree of an expression, bounded in length and depth; nothing in it is checked yet. Throws `ExpressionError`. */
export function parseTree(text: string): ExpressionTree {
  if (text.length > MAX_LENGTH) throw new ExpressionError(`an expression has at most ${MAX_LENGTH} characters`, 0);
  const deep = nestingExceeds(text);
  if (deep !== undefined) throw new ExpressionError(`an expression is nested at most ${MAX_NESTING} deep`, deep);
  let tree: jsep.Expression;
  try {
    tree = jsep(text);
  } catch (error) {
    const { description, index } = error as { description?: string; index?: number };
    throw new ExpressionError(`not an expression: ${description ?? String(error)}`, Math.min(index ?? 0, text.length));
  }
  if (tree.type === 'Compound') {
    throw new ExpressionError('expected one condition; join several with && (and) or || (or)', 0);
  }
  return tree as ExpressionTree;
}

/** Bounds the parser's recursion: brackets and runs of prefix operators are what it recurses on. */
function nestingExceeds(text: string): number | undefined {
  let depth = 0;
  let prefixes = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if ('([?'.includes(character)) depth++;
    else if (')]'.includes(character)) depth--;
    prefixes = '!-+~ '.includes(character) ? prefixes + 1 : 0;
    if (depth > MAX_NESTING || prefixes > MAX_NESTING) return i;
  }
  return undefined;
}

function conjuncts(node: jsep.Expression): readonly jsep.Expression[] {
  if (node.type !== 'BinaryExpression' || node['operator'] !== '&&') return [node];
  const { left, right } = node as jsep.BinaryExpression;
  return [...conjuncts(left), ...conjuncts(right)];
}

/** Nodes that an evaluation visits; calls and remainders take as long as several. */
function operationsOf(node: jsep.Expression): number {
  const tree = node as jsep.CoreExpression;
  const all = (nodes: readonly jsep.Expression[]) => nodes.reduce((sum, part) => sum + operationsOf(part), 0);
  switch (tree.type) {
    case 'UnaryExpression':
      return 1 + operationsOf(tree.argument);
    case 'BinaryExpression':
      if (tree.operator === 'in') return 4 + operationsOf(tree.left);
      return (tree.operator === '%' ? 8 : 1) + all([tree.left, tree.right]);
    case 'ConditionalExpression':
      return 1 + all([tree.test, tree.consequent, tree.alternate]);
    case 'CallExpression':
      return 8 + 4 * all(tree.arguments);
    default:
      return 1;
  }
}

/** The expression written out again, to name one conjunct in a message. */
function sourceOf(node: jsep.Expression): string {
  const tree = node as jsep.CoreExpression;
  switch (tree.type) {
    case 'Identifier':
      return tree.name;
    case 'Literal':
      return tree.raw;
    case 'UnaryExpression':
      return `${tree.operator}${sourceOf(tree.argument)}`;
    case 'BinaryExpression':
      return `${operand(tree.left)} ${tree.operator} ${operand(tree.right)}`;
    case 'ConditionalExpression':
      return `${operand(tree.test)} ? ${operand(tree.consequent)} : ${operand(tree.alternate)}`;
    case 'CallExpression':
      return `${sourceOf(tree.callee)}(${tree.arguments.map(sourceOf).join(', ')})`;
    case 'ArrayExpression':
      return `[${tree.elements.map((element) => (element === null ? '' : sourceOf(element))).join(', ')}]`;
    default:
      return tree.type;
  }
}

function operand(node: jsep.Expression): string {
  const compound = node.type === 'BinaryExpression' || node.type === 'ConditionalExpression';
  return compound ? `(${sourceOf(node)})` : sourceOf(node);
}
