import { combinationOf, createComponents, type Component } from './component.ts';
import type { Condition } from './expression.ts';
import { applyFactor, type Factor } from './factor.ts';
import { GridError } from './grid-error.ts';
import type { PointSource } from './points.ts';
import { quoteConditions } from './quote-conditions.ts';
import type { ParameterValue, Parameters } from './trial.ts';

/**
 * The product of components, addressed by point. Points are ordered by structural group first: every component's
 * structural group is chosen before any component's place within its group, so points that may run as one batch are
 * neighbours even where conditions couple structural parameters with others.
 */
export function gridPoints(factors: readonly Factor[], where: readonly Condition[], base: Parameters): PointSource {
  const components = createComponents(factors, where, base);
  const size = product(components);
  if (size === 0) {
    throw new GridError('empty', 'where', `no point meets ${quoteConditions(where)}`);
  }
  const unfiltered = where.length === 0 ? size : product(createComponents(factors, [], base));
  // totals[k]: combinations of the components after k, all groups together
  const totals = components.map((_, k) => product(components.slice(k + 1)));

  const locate = (point: number) => {
    let rest = point;
    let start = 0;
    let inside = 1;
    const groups = components.map((component, k) => {
      const unit = inside * totals[k]!;
      const group = groupOf(component, Math.floor(rest / unit));
      const first = component.groupStarts[group]!;
      rest -= first * unit;
      start += first * unit;
      const length = component.groupStarts[group + 1]! - first;
      inside *= length;
      return { first, length };
    });
    return { groups, rest, start, length: inside };
  };

  return {
    size,
    excluded: unfiltered - size,
    params: (point) => {
      const { groups, rest } = locate(point);
      const params: Record<string, ParameterValue> = { ...base };
      let remaining = rest;
      for (let k = components.length - 1; k >= 0; k--) {
        const { first, length } = groups[k]!;
        applyCombination(components[k]!, first + (remaining % length), params);
        remaining = Math.floor(remaining / length);
      }
      return params;
    },
    find: (params) => {
      const combinations = components.map((component) => combinationOf(component, params));
      let point = 0;
      let inside = 1;
      let rest = 0;
      for (const [k, component] of components.entries()) {
        const combination = combinations[k];
        if (combination === undefined) return undefined;
        const group = groupOf(component, combination);
        const first = component.groupStarts[group]!;
        const length = component.groupStarts[group + 1]! - first;
        point += first * inside * totals[k]!;
        inside *= length;
        rest = rest * length + combination - first;
      }
      return point + rest;
    },
    groupEnd: (point, limit) => {
      const { start, length } = locate(point);
      return Math.min(start + length, limit);
    },
  };
}

export function applyCombination(
  component: Component,
  combination: number,
  params: Record<string, ParameterValue>,
): void {
  for (let k = 0; k < component.factors.length; k++) {
    const position = component.positions[k]![combination]!;
    if (position >= 0) applyFactor(component.factors[k]!, position, params);
  }
}

/** The group that holds a combination, by bisection. */
function groupOf({ groupStarts }: Component, combination: number): number {
  let low = 0;
  let high = groupStarts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (groupStarts[middle]! <= combination) low = middle;
    else high = middle;
  }
  return low;
}

function product(components: readonly Component[]): number {
  const size = components.reduce((total, component) => total * component.size, 1);
  if (size > Number.MAX_SAFE_INTEGER) {
    throw new GridError('too-large', 'axes', `${size.toExponential(1)} points; a grid has at most 2^53`);
  }
  return size;
}
