import type jsep from 'jsep';
import { ExpressionError } from './expression-error.ts';
import type { ParameterType } from './parameter-type.ts';
import type { ParameterValue } from './trial.ts';

export type ExpressionType = 'number' | 'string' | 'boolean' | 'any';

export interface CompiledNode {
  readonly type: ExpressionType;
  readonly evaluate: (params: Readonly<Record<string, ParameterValue>>) => ParameterValue;
}

export interface CompileContext {
  readonly text: string;
  readonly types: ReadonlyMap<string, ParameterType>;
  /** Collects the parameters that are read. */
  readonly names: Set<string>;
}

/** Where a fault is: the token that is at fault, to be found in the text of the context. */
export interface At {
  readonly token: string;
  readonly context: CompileContext;
}

export function expectType(node: CompiledNode, type: ExpressionType, at: At): void {
  if (node.type !== type && node.type !== 'any') {
    throw failure(`${at.token} needs a ${type}, not a ${node.type}`, at);
  }
}

export function expectComparable(a: CompiledNode, b: CompiledNode, at: At): void {
  if (a.type !== b.type && a.type !== 'any' && b.type !== 'any') {
    throw failure(`a ${a.type} is never equal to a ${b.type}`, at);
  }
}

/** A parameter compared with a value that it can never take is a slip that would silently exclude nothing. */
export function checkLiteral(name: jsep.Expression, literal: jsep.Expression, context: CompileContext): void {
  if (name.type !== 'Identifier' || literal.type !== 'Literal') return;
  const { value, raw } = literal as jsep.Literal;
  const wrong = context.types.get(String(name['name']))?.check(value);
  if (wrong === undefined) return;
  const message = `${String(name['name'])} is never ${raw}: ${wrong.message}`;
  throw failure(message, { token: raw, context }, wrong.suggestion);
}

/** Someone who writes `approximation == kfac` forgot the quotes. */
export function quoteHint(name: string, { types }: CompileContext): string {
  return [...types.values()].some(({ choices }) => choices.includes(name))
    ? `; a value is written '${name}', in quotes`
    : '';
}

/** The tree has no positions: the first occurrence of the token as a whole word is where the first fault is. */
export function failure(message: string, { token, context }: At, suggestion?: string): ExpressionError {
  const escaped = token.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const pattern = /^\w+$/.test(token) ? String.raw`\b${escaped}\b` : escaped;
  return new ExpressionError(message, Math.max(0, context.text.search(new RegExp(pattern))), suggestion);
}
