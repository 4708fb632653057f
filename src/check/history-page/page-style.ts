/** How the page of a history looks: paper and ink, or deep water; red is what is broken, and nothing else. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: oklch(27% 0.025 240); --quiet: oklch(48% 0.025 240); --paper: oklch(97.6% 0.007 220); --paper-2: oklch(99.4% 0.003 220); --line: oklch(80% 0.014 230); --broken: oklch(53% 0.2 27); --on-broken: oklch(99% 0.005 220); }
@media (prefers-color-scheme: dark) {
  :root { --ink: oklch(93% 0.014 220); --quiet: oklch(74% 0.022 225); --paper: oklch(20.5% 0.026 238); --paper-2: oklch(24% 0.029 238); --line: oklch(42% 0.032 236); --broken: oklch(72% 0.16 25); --on-broken: oklch(19% 0.03 238); }
}
body { margin: 24px; background: var(--paper); color: var(--ink); font: 13px/20px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0 0 8px; font-size: 20px; line-height: 28px; overflow-wrap: anywhere; }
h2 { margin: 24px 0 4px; font-size: 15px; line-height: 24px; }
p { max-width: 80ch; margin: 0 0 12px; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th, td { padding: 4px 16px 4px 0; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--quiet); font-weight: normal; }
tbody tr { border-top: 1px solid var(--line); }
.broken { color: var(--broken); }
.chart { display: flex; margin: 0 0 12px; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.clients { flex: none; padding: 4px 8px 4px 0; color: var(--quiet); text-align: right; }
.clients div { height: 28px; line-height: 24px; max-width: 16ch; overflow: hidden; text-overflow: ellipsis; }
.scroll { flex: 1; display: flex; flex-direction: row-reverse; overflow-x: auto; padding: 4px 0; }
.scroll:focus-visible { outline: 2px solid var(--quiet); }
.lanes { position: relative; flex: none; margin-right: auto; }
.bar { box-sizing: border-box; height: 24px; padding: 0 4px; border: 1px solid var(--line); border-radius: 4px; background: var(--paper-2); color: var(--quiet); font-size: 12px; line-height: 22px; white-space: nowrap; overflow: clip; text-overflow: ellipsis; }
.bar span { position: sticky; left: 8px; }
.lanes .bar { position: absolute; }
.lanes .bar:hover { z-index: 1; width: auto !important; max-width: none; }
.bar b { color: var(--ink); font-weight: 600; }
.bar.open { border-style: dashed; background: none; }
.bar.strong { border-color: var(--ink); border-width: 2px; color: var(--ink); line-height: 20px; }
.bar.culprit { border-color: var(--broken); background: var(--broken); color: var(--on-broken); }
.key .bar { display: inline-block; margin-right: 8px; }
details { color: var(--ink); } summary { cursor: pointer; } li { overflow-wrap: anywhere; }
`;
