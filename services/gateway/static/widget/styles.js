/** The looks. Light by default, dark by the system's wish or the `theme` attribute. */

const LIGHT = `
  --accent: var(--deskbell-accent, #1d5c55);
  --on-accent: #ffffff;
  --accent-soft: #e6f1ee;
  --accent-text: var(--deskbell-accent, #1d5c55);
  --surface: #ffffff;
  --ground: #f6f6f3;
  --raised: #ffffff;
  --line: #e2e2dc;
  --edge: #8b9088;
  --text: #1d2422;
  --quiet: #5b6461;
  --warn-ground: #fdf1df;
  --warn-text: #7a4706;
  --bad: #a8321f;
  --good-ground: #e3f2e6;
  --good-text: #1c5a2e;
  --calm-ground: #ecebe6;
  --calm-text: #4d5350;
  --shadow: 0 18px 50px rgb(24 34 31 / 18%), 0 3px 10px rgb(24 34 31 / 10%);
  color-scheme: light;
`;

const DARK = `
  --accent: var(--deskbell-accent, #2b7a70);
  --on-accent: #ffffff;
  --accent-soft: #1d3431;
  --accent-text: #8ed3c6;
  --surface: #171c1d;
  --ground: #111516;
  --raised: #1f2627;
  --line: #303a3b;
  --edge: #7b8786;
  --text: #eaefed;
  --quiet: #a3aead;
  --warn-ground: #3a2c14;
  --warn-text: #f3cf94;
  --bad: #ff9f8c;
  --good-ground: #1b3a26;
  --good-text: #9fdcb2;
  --calm-ground: #2b3334;
  --calm-text: #c3cccb;
  --shadow: 0 18px 50px rgb(0 0 0 / 55%), 0 3px 10px rgb(0 0 0 / 40%);
  color-scheme: dark;
`;

export const STYLES = `
:host { all: initial; ${LIGHT} }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) { ${DARK} } }
:host([theme="dark"]) { ${DARK} }
:host([hidden]) { display: none; }

*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
h2, h3, h4, p, ol, ul, dl, dd, blockquote { margin: 0; padding: 0; }
ol, ul { list-style: none; }
button, textarea { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; padding: 0; }
button:disabled { cursor: default; }
a { color: var(--accent-text); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--accent-text); outline-offset: 2px; }
.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.7;
  stroke-linecap: round; stroke-linejoin: round; }
.icon-more { stroke-width: 3; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.quiet { color: var(--quiet); font-size: 13px; }

.frame { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; color: var(--text);
  font: 15px/1.5 "Inter", "Segoe UI", system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", sans-serif; }

.launcher { position: relative; display: grid; place-items: center; width: 60px; height: 60px; margin-left: auto;
  border-radius: 50%; background: var(--accent); color: var(--on-accent); box-shadow: var(--shadow);
  transition: transform .16s ease; }
.launcher:hover { transform: translateY(-2px); }
.launcher:focus-visible { outline-offset: 3px; }
.launcher .icon { width: 27px; height: 27px; grid-area: 1 / 1; transition: opacity .16s, transform .16s; }
.launcher[aria-expanded="false"] .icon-close, .launcher[aria-expanded="true"] .icon-chat { opacity: 0; transform: scale(.6) rotate(-30deg); }
.unread { position: absolute; top: -3px; right: -3px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
  background: #b3361f; color: #fff; font-size: 12px; font-weight: 600; line-height: 22px; text-align: center; }

.panel { position: absolute; right: 0; bottom: 76px; display: flex; flex-direction: column; overflow: clip;
  width: 396px; height: min(680px, calc(100vh - 116px)); border: 1px solid var(--line); border-radius: 18px;
  background: var(--ground); box-shadow: var(--shadow); animation: rise .2s ease-out; }
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }

.head { display: flex; align-items: center; gap: 4px; padding: 12px 10px 12px 16px; background: var(--surface);
  border-bottom: 1px solid var(--line); position: relative; z-index: 2; }
.mark { display: grid; place-items: center; width: 38px; height: 38px; flex: none; margin-right: 8px; border-radius: 12px;
  background: var(--accent); color: var(--on-accent); }
.names { flex: 1; min-width: 0; }
.names h2 { font-size: 15px; font-weight: 650; line-height: 1.3; }
.names p { color: var(--quiet); font-size: 12px; line-height: 1.35; }
.round { display: grid; place-items: center; width: 40px; height: 40px; border-radius: 50%; color: var(--quiet); cursor: pointer; flex: none; }
.round:hover { background: var(--ground); color: var(--text); }
.foot { display: flex; align-items: center; justify-content: space-between; gap: 10px; min-height: 36px; padding-top: 4px; }
.ask-person { display: flex; align-items: center; gap: 6px; min-height: 32px; padding: 0 12px 0 8px; border-radius: 16px; color: var(--accent-text);
  font-size: 13px; font-weight: 600; white-space: nowrap; flex: none; }
.ask-person .icon { width: 17px; height: 17px; }
.ask-person:hover:not(:disabled) { background: var(--accent-soft); }
.ask-person:disabled { color: var(--quiet); }
.menu { position: relative; }
.menu summary { list-style: none; }
.menu summary::-webkit-details-marker { display: none; }
.menu-list { position: absolute; right: 0; top: 46px; white-space: nowrap; padding: 6px; border: 1px solid var(--line);
  border-radius: 12px; background: var(--raised); box-shadow: var(--shadow); }
.menu-list button { display: block; width: 100%; min-height: 44px; padding: 0 12px; border-radius: 8px; text-align: start; font-size: 14px; }
.menu-list button:hover { background: var(--accent-soft); }

.handoff { display: flex; align-items: center; gap: 12px; padding: 10px 16px; background: var(--accent-soft); color: var(--text);
  border-bottom: 1px solid var(--line); }
.handoff .icon { color: var(--accent-text); }
.handoff strong { display: block; font-size: 14px; font-weight: 600; line-height: 1.4; }
.handoff small { display: block; color: var(--quiet); font-size: 12px; }
.banner { display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 8px 16px; background: var(--warn-ground);
  color: var(--warn-text); font-size: 13px; }
.banner button { min-height: 32px; padding: 0 12px; border: 1px solid currentColor; border-radius: 16px; font-weight: 600; white-space: nowrap; }

.log-frame { position: relative; flex: 1; min-height: 0; display: flex; }
.log { position: relative; flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 10px; scrollbar-width: thin;
  scrollbar-color: var(--line) transparent; }
.log:focus-visible { outline-offset: -3px; border-radius: 4px; }
.newer { position: absolute; left: 50%; bottom: 12px; translate: -50%; display: flex; align-items: center; gap: 4px; min-height: 36px;
  padding: 0 14px 0 10px; border: 1px solid var(--line); border-radius: 18px; background: var(--raised); box-shadow: var(--shadow); font-size: 13px; }
.newer .icon { width: 16px; height: 16px; }

.greeting { padding: 8px 2px 16px; }
.greeting h3 { font-size: 21px; font-weight: 650; line-height: 1.3; letter-spacing: -.01em; text-wrap: balance; }
.greeting p { margin: 8px 0 18px; color: var(--quiet); }

.items { display: flex; flex-direction: column; }
.row { display: flex; margin-bottom: 12px; animation: appear .18s ease-out; }
@keyframes appear { from { opacity: 0; transform: translateY(4px); } }
.row.own { flex-direction: column; align-items: flex-end; }
.stack { display: flex; flex-direction: column; align-items: flex-start; gap: 8px; width: 100%; max-width: 92%; min-width: 0; }
.bubble { max-width: 100%; padding: 9px 14px; border-radius: 16px; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
.row.bot .bubble { background: var(--surface); border: 1px solid var(--line); border-bottom-left-radius: 5px; }
.row.own .bubble { max-width: 84%; background: var(--accent); color: var(--on-accent); border-bottom-right-radius: 5px; }
.row.own[data-state="sending"] .bubble { opacity: .78; }
.row.own[data-state="failed"] .bubble { background: none; color: var(--text); border: 1px dashed var(--bad); opacity: 1; }
.row.person .bubble { background: var(--accent-soft); border-color: transparent; }
.who { display: flex; align-items: center; gap: 5px; color: var(--accent-text); font-size: 12px; font-weight: 600; }
.who .icon { width: 15px; height: 15px; }
.under-way::after { content: ""; display: inline-block; width: 7px; height: 15px; margin-left: 3px; vertical-align: -2px; border-radius: 2px;
  background: var(--accent-text); animation: blink 1s steps(2) infinite; }
@keyframes blink { 50% { opacity: 0; } }

.meta { display: flex; align-items: center; gap: 6px; min-height: 20px; color: var(--quiet); font-size: 12px; }
.row.own .meta:has(.state:empty):has(.retry[hidden]) { display: none; }
.row.own .meta { padding-top: 3px; }
.row.own[data-state="failed"] .state { color: var(--bad); font-weight: 600; }
.retry { min-height: 32px; padding: 0 12px; border: 1px solid var(--edge); border-radius: 16px; color: var(--text); font-weight: 600; }
.retry:hover, .stop:hover { background: var(--surface); }
.stop { display: inline-flex; align-items: center; gap: 6px; min-height: 32px; padding: 0 12px; border: 1px solid var(--edge); border-radius: 16px;
  color: var(--text); font-weight: 600; }
.stop .icon { width: 14px; height: 14px; fill: currentColor; }
.stop:disabled { opacity: .5; }
.thumbs { display: inline-flex; opacity: 0; transition: opacity .12s; }
.row:hover .thumbs, .row:focus-within .thumbs, .row:last-child .thumbs, .thumbs:has([aria-pressed="true"]) { opacity: 1; }
.thumb { display: grid; place-items: center; width: 30px; height: 28px; border-radius: 8px; color: var(--quiet); }
.thumb .icon { width: 16px; height: 16px; }
.thumb:hover { background: var(--calm-ground); color: var(--text); }
.thumb[aria-pressed="true"] { color: var(--accent-text); background: var(--accent-soft); }
.notice { display: flex; align-items: center; gap: 10px; margin: 6px 0 16px; color: var(--quiet); font-size: 12px; text-align: center; }
.notice::before, .notice::after { content: ""; flex: 1; height: 1px; background: var(--line); }

.typing .bubble { display: flex; gap: 5px; padding: 14px 16px; }
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--edge); animation: beat 1.2s ease-in-out infinite; }
.typing i:nth-of-type(2) { animation-delay: .15s; }
.typing i:nth-of-type(3) { animation-delay: .3s; }
@keyframes beat { 0%, 60%, 100% { opacity: .35; transform: none; } 30% { opacity: 1; transform: translateY(-3px); } }

.choices { display: flex; flex-wrap: wrap; gap: 8px; }
.choice { min-height: 40px; max-width: 100%; padding: 7px 15px; border: 1px solid var(--accent-text); border-radius: 20px; background: var(--surface);
  color: var(--accent-text); font-size: 14px; font-weight: 550; line-height: 1.35; text-align: start; overflow-wrap: anywhere; }
.piece { display: inline-block; max-width: 100%; }
.whole { white-space: nowrap; }
.choice:hover:not(:disabled) { background: var(--accent-soft); }
.choice:disabled { border-color: var(--line); color: var(--quiet); background: none; }
.choice[aria-pressed="true"] { border-color: var(--accent-text); background: var(--accent-soft); color: var(--text); }

.card { width: 100%; padding: 14px; border: 1px solid var(--line); border-radius: 14px; background: var(--raised); overflow-wrap: anywhere; }
.card h4 { font-size: 14px; font-weight: 650; line-height: 1.4; }
.card-head { display: flex; align-items: center; gap: 8px; }
.card-head .icon { color: var(--accent-text); }
.card-head h4 { flex: 1; min-width: 0; }
.badge { padding: 2px 9px; border-radius: 10px; font-size: 12px; font-weight: 600; white-space: nowrap; }
.badge.good { background: var(--good-ground); color: var(--good-text); }
.badge.calm { background: var(--calm-ground); color: var(--calm-text); }
.progress { display: flex; margin: 16px 0 4px; }
.progress li { position: relative; flex: 1; padding-top: 16px; color: var(--quiet); font-size: 11px; text-align: center; }
.progress li::before { content: ""; position: absolute; top: 2px; left: calc(50% - 5px); width: 10px; height: 10px; border-radius: 50%;
  background: var(--raised); border: 2px solid var(--line); z-index: 1; }
.progress li + li::after { content: ""; position: absolute; top: 6px; left: -50%; width: 100%; height: 2px; background: var(--line); }
.progress .past::before, .progress .now::before { background: var(--accent-text); border-color: var(--accent-text); }
.progress .past::after, .progress .now::after { background: var(--accent-text) !important; }
.progress .now { color: var(--text); font-weight: 600; }
.lines { margin-top: 12px; padding-top: 4px; border-top: 1px solid var(--line); }
.lines li { display: flex; gap: 10px; align-items: baseline; padding: 6px 0; font-size: 14px; }
.line-name { flex: 1; min-width: 0; }
.line-name small { display: block; color: var(--quiet); font-size: 12px; }
.line-count { color: var(--quiet); font-size: 13px; white-space: nowrap; }
.line-price { font-variant-numeric: tabular-nums; white-space: nowrap; }
.facts { display: grid; gap: 4px; margin-top: 10px; padding-top: 10px; border-top: 1px solid var(--line); font-size: 13px; }
.facts div { display: flex; justify-content: space-between; gap: 12px; }
.facts dt { color: var(--quiet); white-space: nowrap; }
.facts dd { text-align: end; font-variant-numeric: tabular-nums; }

.product { display: flex; gap: 12px; }
.product-art { display: grid; place-items: center; width: 64px; min-height: 64px; flex: none; border-radius: 10px; background: var(--accent-soft); color: var(--accent-text); }
.product-art .icon { width: 28px; height: 28px; stroke-width: 1.4; }
.product-body { flex: 1; min-width: 0; }
.clamp { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.product-foot { display: flex; align-items: center; gap: 10px; margin-top: 6px; font-size: 14px; }

.preview { border-color: var(--accent-text); box-shadow: 0 0 0 3px var(--accent-soft); }
.preview.closed { border-color: var(--line); box-shadow: none; }
.preview-what { display: flex; flex-wrap: wrap; gap: 2px 10px; margin-top: 12px; font-size: 15px; }
.preview-what strong { font-weight: 650; }
.preview-what span { color: var(--quiet); }
.preview-effect { margin-top: 4px; white-space: pre-wrap; }
.buttons { display: flex; gap: 8px; margin-top: 14px; }
.buttons button { flex: 1; min-height: 44px; padding: 0 14px; border-radius: 12px; font-size: 14px; font-weight: 600; }
.primary { background: var(--accent); color: var(--on-accent); border: 1px solid transparent; }
.primary:hover:not(:disabled) { filter: brightness(1.1); }
.plain { border: 1px solid var(--edge); }
.plain:hover:not(:disabled) { background: var(--ground); }
.buttons button:disabled { background: var(--calm-ground); color: var(--calm-text); border-color: transparent; }
.buttons button[aria-pressed="true"] { background: var(--accent-soft); color: var(--text); border-color: var(--accent-text); }
.note:empty { display: none; }
.note { margin-top: 10px; font-size: 12px; }

.receipt { display: flex; gap: 12px; background: var(--good-ground); border-color: transparent; color: var(--good-text); }
.receipt .quiet { color: inherit; }
.receipt-mark { display: grid; place-items: center; width: 34px; height: 34px; flex: none; border-radius: 50%; background: var(--good-text); color: var(--good-ground); }
.receipt-number { margin-top: 4px; font-size: 13px; }
.receipt code { font: 600 13px ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; user-select: all; }

.picture { display: block; max-width: 100%; max-height: 280px; border-radius: 14px; border: 1px solid var(--line); }
.link-card { display: flex; align-items: center; gap: 10px; width: 100%; min-height: 44px; padding: 8px 14px; border: 1px solid var(--line);
  border-radius: 12px; background: var(--raised); font-weight: 550; text-decoration: none; }
.link-card:hover span { text-decoration: underline; }
.sources { width: 100%; font-size: 13px; }
.sources summary { display: inline-flex; align-items: center; gap: 6px; min-height: 30px; padding: 0 10px 0 8px; border-radius: 10px; color: var(--accent-text);
  font-weight: 600; cursor: pointer; list-style: none; }
.sources summary::-webkit-details-marker { display: none; }
.sources summary:hover { background: var(--accent-soft); }
.sources summary .icon { width: 16px; height: 16px; }
.sources[open] .icon-down { rotate: 180deg; }
.sources ol { display: grid; gap: 10px; margin-top: 6px; padding: 12px 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--raised); }
.source-title { font-weight: 600; }
.sources blockquote { margin-top: 4px; padding-left: 10px; border-left: 2px solid var(--line); color: var(--quiet); white-space: pre-wrap; overflow-wrap: anywhere; }

.composer { padding: 12px 12px 6px; background: var(--surface); border-top: 1px solid var(--line); }
.field-frame { display: flex; align-items: flex-end; gap: 6px; padding: 4px 4px 4px 6px; border: 1px solid var(--edge); border-radius: 24px; background: var(--surface); }
.field-frame:focus-within { border-color: var(--accent-text); box-shadow: 0 0 0 1px var(--accent-text); }
.field { flex: 1; min-width: 0; max-height: 132px; padding: 8px 8px; border: 0; outline: 0; background: none; resize: none; line-height: 1.45; scrollbar-width: thin; }
.field::placeholder { color: var(--quiet); opacity: 1; }
.send { display: grid; place-items: center; width: 40px; height: 40px; flex: none; border-radius: 50%; background: var(--accent); color: var(--on-accent); }
.send:disabled { background: var(--calm-ground); color: var(--calm-text); }
.count { padding: 0 8px; color: var(--quiet); font-size: 12px; text-align: end; }
.count.over { color: var(--bad); font-weight: 600; }

@media (max-width: 560px) {
  .frame { right: 16px; bottom: 16px; }
  .panel { position: fixed; inset: 0 0 auto; width: 100%; height: var(--deskbell-height, 100dvh); border: 0; border-radius: 0;
    padding: env(safe-area-inset-top) 0 env(safe-area-inset-bottom); }
  .panel:not([hidden]) + .launcher { display: none; }
  .field, .bubble { font-size: 16px; }
  .round, .send, .thumb { width: 44px; height: 44px; }
  .choice, .ask-person, .newer, .retry, .banner button, .sources summary { min-height: 44px; }
  .choice { border-radius: 22px; }
  .ask-person { border-radius: 22px; }
  .head { padding-left: 12px; }
}
@media (pointer: coarse) {
  .row:not(:last-child) .thumbs:not(:has([aria-pressed="true"])) { visibility: hidden; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
@media (forced-colors: active) {
  .choice, .buttons button, .launcher, .send { border: 1px solid; }
}
`;
