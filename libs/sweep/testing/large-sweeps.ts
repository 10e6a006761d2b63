/** Shapes that sweeps of about 10^9 trials have: files of the example experiment without name and experiment. */
export const largeSweeps: Readonly<Record<string, string>> = {
  'a plain product': `axes: { width: ${range(1, 100_000)}, samples: ${range(2, 101)}, depth: ${range(1, 100)} }`,
  repeats: `axes: { width: ${range(1, 100_000)}, damping: [0, 0.1, 1] }\nrepeats: 4000`,
  'a shuffled product': `axes: { width: ${range(1, 100_000)}, samples: ${range(2, 101)}, depth: ${range(1, 100)} }\norder: shuffled`,
  'zipped and conditional axes': `axes:
  width: ${range(1, 50_000)}
  samples: ${range(2, 50_001)}
  damping: { logspace: [1e-12, 1, 99], when: "approximation == 'kfac'" }
  approximation: [gradient-descent, kfac]
  depth: ${range(1, 100)}
zip: [[width, samples]]
repeats: 2`,
  'zipped axes under a condition': `axes:
  width: { range: { from: 1, to: 50000 }, when: "approximation == 'kfac'" }
  samples: { range: { from: 2, to: 50001 }, when: "approximation == 'kfac'" }
  damping: { logspace: [1e-12, 1, 100] }
  approximation: [gradient-descent, kfac]
  depth: ${range(1, 100)}
zip: [[width, samples]]
repeats: 2`,
  exclusions: `axes: { width: ${range(1, 100_000)}, samples: ${range(2, 21)}, depth: ${range(1, 1000)} }
where: "depth % 3 != 2 || samples > 4"`,
  'an exclusion over two long axes': `axes: { width: ${range(1, 1400)}, samples: ${range(2, 1401)}, depth: ${range(1, 1000)} }
where: "width >= samples"`,
  'a million random points': `axes: { width: ${range(1, 100_000)}, damping: { min: 0, max: 1 }, depth: ${range(1, 100)} }
search: random
trials: 1000000
repeats: 1000`,
  'a million Sobol points': `axes: { width: ${range(1, 100_000)}, damping: { min: 0, max: 1 }, depth: ${range(1, 100)} }
search: sobol
trials: 1000000
repeats: 1000`,
};

function range(from: number, to: number): string {
  return `{ range: { from: ${from}, to: ${to} } }`;
}
