/** Of all public pages: light and dark by the reader's setting; the scale of load is one for both, light = calm, dark = full. */
export const PAGE_STYLE = `:root{color-scheme:light dark;--ink:#14202e;--muted:#46535f;--paper:#f4f6f9;--card:#fff;--line:#c4ced8;--accent:#0b4f8a;--on:#fff;--focus:#b45309}
@media(prefers-color-scheme:dark){:root{--ink:#e9eff6;--muted:#b3c0cd;--paper:#0f1720;--card:#18222d;--line:#42505e;--accent:#8cc4ff;--on:#0b1622;--focus:#fbbf24}}
*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}body{margin:0;font:1.0625rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:break-word}
header,main,footer{max-width:64rem;margin:0 auto;padding:0 1rem}header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;padding-top:.75rem;padding-bottom:.75rem}
header a{display:inline-block;padding:.5rem 0}nav{display:flex;flex-wrap:wrap;gap:0 1.5rem}nav a[aria-current]{font-weight:600;color:inherit;text-decoration-thickness:2px}header .other{margin-left:auto}a{color:var(--accent)}
h1{font-size:1.375rem;line-height:1.3;margin:.75rem 0 1rem}h2{font-size:1.25rem;line-height:1.3;margin:0 0 .5rem}h3{font-size:1rem;margin:1.25rem 0 .25rem}h2 small{display:block;font-size:1rem;font-weight:400;color:var(--muted)}p{margin:.5rem 0}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--card);padding:.5rem;z-index:1}
.seen-not{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.card{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem}ul{list-style:none;margin:0;padding:0}
form.search{display:flex;flex-wrap:wrap;gap:.5rem;align-items:end;margin:1rem 0}form.search p{flex:1 1 16rem;margin:0}label{display:block;margin-bottom:.25rem}
input[type=search]{font:inherit;width:100%;min-height:2.75rem;padding:.5rem .75rem;border:1px solid var(--muted);border-radius:.5rem;background:var(--card);color:inherit}
button,.go{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;border:0;border-radius:.5rem;background:var(--accent);color:var(--on);cursor:pointer;text-decoration:none;display:inline-block}
.list a{display:block;padding:.75rem 1rem;margin:.5rem 0;background:var(--card);border:1px solid var(--line);border-radius:.5rem;text-decoration:none;font-weight:600}.list small{display:block;font-weight:400;color:var(--muted)}
.codes{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:.5rem}.codes a{display:block;text-align:center;padding:.75rem .5rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem;text-decoration:none;font-weight:600;overflow-wrap:anywhere}
.list a:hover,.codes a:hover{border-color:var(--accent)}.muted{color:var(--muted)}
.children{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem;align-items:start}
.children .card{width:100%;max-width:44rem}.when{font-size:1.25rem;margin:.75rem 0 0}.clock{font-size:clamp(2rem,9vw,3.25rem);line-height:1.15;font-weight:700;margin:0;font-variant-numeric:tabular-nums}.clock time{white-space:nowrap}.delay{font-size:1.25rem;margin:0;min-height:1.9rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.375rem 0;border-top:1px solid var(--line);font-variant-numeric:tabular-nums}th{font-weight:400;padding-right:.75rem;width:45%}td b{white-space:nowrap}.windows span{display:block}.past{color:var(--muted)}
.yours{min-height:1.5rem;margin:0}.ways{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:1rem}.ways a{display:inline-block;padding:.5rem 0}footer{padding-top:1.5rem;padding-bottom:2rem;color:var(--muted);font-size:1rem}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-bottom:.75rem}.legend i{display:inline-block;width:1.5rem;height:1.25rem;border:1px solid var(--muted);vertical-align:middle}
.calm{background-color:#e4eef8;color:#14202e}.busy{background-color:#a8cbe8;color:#14202e;background-image:radial-gradient(#14202e 1px,transparent 1.5px);background-size:8px 8px}
.very_busy{background-color:#2b659d;color:#fff;background-image:repeating-linear-gradient(135deg,#fff9 0 1px,transparent 1px 7px)}.full{background-color:#0a1f3c;color:#fff}
.traffic{table-layout:fixed;border-collapse:separate;border-spacing:2px}.traffic th{vertical-align:middle;border:0;padding:.125rem 0;width:auto;font-size:.875rem}.traffic th:first-child{width:3.25rem}.traffic thead th{text-align:center}.traffic thead th:first-child{text-align:left}.traffic thead span{display:block}
.traffic td{height:2rem;padding:0;text-align:center;vertical-align:middle;border:1px solid var(--muted);font-size:.875rem}.traffic td span{display:inline;padding:0 .25rem;background-color:inherit}.traffic .unplanned{border-style:dashed;color:var(--muted)}
@media(max-width:47.9rem){.traffic td span{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}.traffic td{position:relative}}
.announced li{padding:.5rem 0;border-top:1px solid var(--line)}.announced small{display:block;font-size:1rem;color:var(--muted)}summary{cursor:pointer;padding:.5rem 0;color:var(--accent)}.runs th{width:auto}.runs th,.runs td{padding-right:.75rem}h2{margin-top:1.5rem}.card h2{margin-top:0}
@media print{header,footer,.ways,.search,.add{display:none}body{background:#fff;color:#000}.card{border:0;padding:0;break-inside:avoid}}`;
