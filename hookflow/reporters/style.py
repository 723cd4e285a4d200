"""How the report looks: its style sheet, and the few lines of script that open what a link leads to.

Contrast of text is at least 4.5:1 in both schemes, of what pictures are made of at least 3:1 (WCAG 2.2, 1.4.3
and 1.4.11); `tests/browser` measures it. No colour stands alone: a mark or a word goes with each.
"""

import base64
import hashlib

STYLE = """
:root { color-scheme: light dark;
  --page: #fff; --soft: #f3f4f6; --line: #d0d4da; --ink: #1a1d21; --dim: #555c66; --link: #0b57b0; --focus: #0b57b0;
  --passed: #1a7f37; --failed: #c4232b; --cached: #0b6bcb; --blocked: #95600a; --skipped: #6b7280; --other: #7a4fb5; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171b; --soft: #1e2329; --line: #3a424c; --ink: #e8eaed; --dim: #a8b0ba; --link: #7db7ff; --focus: #7db7ff;
  --passed: #4cc06b; --failed: #ff7b7f; --cached: #66b2ff; --blocked: #e0a83e; --skipped: #98a1ad; --other: #bd9cf0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 75rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.2rem; }
footer { color: var(--dim); padding-bottom: 2rem; font-size: .875rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1rem 0 .3rem; }
p, ul, ol, dl { margin: .4rem 0; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--page); padding: .3rem .6rem; z-index: 1; }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: 0; list-style: none; }
nav a, .legend li, summary { min-height: 1.5rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; padding: 0; }
.facts div { background: var(--soft); border-radius: 6px; padding: .5rem .8rem; }
.facts dt { color: var(--dim); font-size: .875rem; }
.facts dd { margin: 0; font-weight: 600; font-size: 1.1rem; }
.dim { color: var(--dim); }
.word { font-weight: 600; white-space: nowrap; }
.passed { --tint: var(--passed); } .failed, .timed-out { --tint: var(--failed); } .cached { --tint: var(--cached); }
.blocked { --tint: var(--blocked); } .skipped, .cancelled { --tint: var(--skipped); }
.interrupted, .not-finished { --tint: var(--other); }
.word { color: var(--tint, var(--ink)); }
figure { margin: .6rem 0; }
figcaption { color: var(--dim); font-size: .875rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9375rem; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
caption { text-align: left; color: var(--dim); font-size: .875rem; } tbody th { min-width: 8rem; font-weight: normal; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; background: var(--page); }
summary { cursor: pointer; padding: .45rem .8rem; overflow-wrap: anywhere; }
details > :not(summary) { margin-left: .8rem; margin-right: .8rem; }
details .body { padding-bottom: .6rem; }
.name { font-weight: 600; unicode-bidi: isolate; }
.took { color: var(--dim); font-variant-numeric: tabular-nums; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .6rem; max-height: 30rem;
  overflow: auto; margin: .3rem 0; font: .8125rem/1.45 ui-monospace, monospace; unicode-bidi: plaintext; tab-size: 4; }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none; font-size: .875rem; }
svg { display: block; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); unicode-bidi: isolate; }
.timeline text { paint-order: stroke; stroke: var(--soft); stroke-width: 4px; stroke-linejoin: round; }
.graph { width: clamp(calc(.8 * var(--width)), 100%, var(--width)); height: auto; }
svg .small { fill: var(--dim); font-size: 12px; }
svg a { cursor: pointer; text-decoration: none; }
svg a:hover text { text-decoration: underline; }
svg a:focus-visible { outline: 3px solid var(--focus); outline-offset: 1px; }
.band { fill: var(--soft); } .tick { stroke: var(--line); }
.busy { fill: var(--dim); }
.bar { fill: var(--tint); stroke: var(--tint); stroke-width: 1.5; }
.bar.critical { stroke: var(--ink); stroke-width: 2.5; }
.wait { stroke: var(--dim); stroke-width: 2; stroke-dasharray: 3 3; }
.try { stroke: var(--page); stroke-width: 2; }
.bound { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 7 4; }
.box { fill: var(--soft); stroke: var(--tint); stroke-width: 1.5; }
.box.critical { stroke-width: 4; }
.stripe { fill: var(--tint); }
.edge { fill: none; stroke: var(--dim); stroke-width: 1.5; }
.edge.order { stroke-dasharray: 6 4; } .edge.critical { stroke: var(--ink); stroke-width: 3; }
.hit { fill: none; stroke: transparent; stroke-width: 14; }
.tip { fill: var(--dim); } .tip.critical { fill: var(--ink); }
@media (max-width: 30rem) { .graph { width: var(--width); } .timeline { font-size: 12px; } h1 { font-size: 1.35rem; }
  header, main, footer { padding-left: .7rem; padding-right: .7rem; }
  .facts { grid-template-columns: 1fr 1fr; } .facts div { padding: .4rem .6rem; } .facts dd { font-size: 1rem; } }
@media print { nav, .skip { display: none; }
  pre { max-height: none; white-space: pre-wrap; } .scroll { overflow: visible; }
  details, figure, tr { break-inside: avoid; } body { font-size: 11pt; } * { print-color-adjust: exact; } }
"""

# A link to a step opens it, and puts the keyboard there; the newest browsers do the first by themselves.
SCRIPT = """
const reveal = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const around = target && target.closest("details");
  if (around) { around.open = true; around.querySelector("summary").focus(); }
};
addEventListener("hashchange", reveal);
addEventListener("click", event => {
  const link = event.target.closest("a");
  const target = link && link.getAttribute("href");
  if (target && target === location.hash) reveal();
});
reveal();
"""

_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
# The page loads nothing and runs nothing but this script, whatever a step printed.
POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'"
)
