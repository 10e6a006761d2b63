/** The report's style: the reader's own light or dark, one column, tables that scroll, pages that break between figures. */
export const style = `
:root { color-scheme: light dark; --paper: #ffffff; --text: #1d2126; --soft: #5b6470; --line: #d5dae0; --shade: #f4f6f8;
  --link: #0b5fad; --good: #0a6b3d; --bad: #b3261e; --open: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181c; --text: #e4e7eb; --soft: #a3abb5; --line: #363c44; --shade: #1e2227;
    --link: #7db8f0; --good: #5fce95; --bad: #ff9088; --open: #e9b45c; }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0 auto; padding: 1rem 1.25rem 4rem; max-width: 72rem; background: var(--paper); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 1rem 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: .5rem; border-top: 1px solid var(--line); }
p { margin: .4rem 0; max-width: 60rem; }
.soft, caption small, figcaption { color: var(--soft); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 1rem 0 0; list-style: none; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
caption small { display: block; font-weight: 400; }
th, td { padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; min-width: 4rem; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
.right { text-align: right; white-space: nowrap; }
.verdict { white-space: nowrap; font-weight: 600; }
.reproduced { color: var(--good); } .not-reproduced { color: var(--bad); } .undecided { color: var(--open); }
.tally { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; padding: .6rem .9rem; background: var(--shade); border-radius: .4rem; }
figure { margin: 1.5rem 0; }
figure .scroll { margin: 0 0 .35rem; }
figcaption { font-size: .875rem; max-width: 60rem; }
svg.figure { display: block; max-width: 100%; height: auto; color: var(--text); font-family: inherit; }
svg.figure .paper { fill: none; }
svg.figure .halo { stroke: var(--paper); }
.verdicts td:nth-child(2) { min-width: 14rem; }
@media screen and (max-width: 40rem) {
  svg.figure { max-width: none; }
  .verdicts thead { display: none; }
  .verdicts tr, .verdicts td { display: block; }
  .verdicts tr { padding: .6rem 0; border-bottom: 1px solid var(--line); }
  .verdicts td { padding: .1rem 0; border: 0; }
  .verdicts td[data-label]::before { content: attr(data-label) ": "; color: var(--soft); }
}
pre { overflow-x: auto; padding: .75rem; background: var(--shade); font-size: .8rem; }
summary { cursor: pointer; padding: .25rem 0; }
@media print {
  :root { color-scheme: light; --paper: #fff; --text: #000; --soft: #444; --line: #bbb; --shade: #f2f2f2; --link: #000;
    --good: #0a6b3d; --bad: #b3261e; --open: #8a5a00; }
  body { max-width: none; font-size: 10pt; padding: 0; }
  nav, .skip { display: none; }
  .scroll { overflow: visible; }
  figure, tr, caption { break-inside: avoid; }
  h2, caption, thead { break-after: avoid; }
  svg.figure { max-height: 11cm; width: auto; }
  .verdicts td:nth-child(2) { min-width: 10rem; }
  * { print-color-adjust: exact; }
}`;
