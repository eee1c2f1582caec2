import { createHash } from 'node:crypto';
import { escaped } from '../common/html-text';
import type { Language } from '../common/language.rules';

/** Light and dark by the reader's setting; sizes in rem, on a grid of 4 px. */
const STYLE = `:root{color-scheme:light dark;--ink:#14202e;--muted:#46535f;--paper:#f4f6f9;--card:#fff;--line:#c4ced8;--accent:#0b4f8a;--on:#fff;--focus:#b45309}
@media(prefers-color-scheme:dark){:root{--ink:#e9eff6;--muted:#b3c0cd;--paper:#0f1720;--card:#18222d;--line:#42505e;--accent:#8cc4ff;--on:#0b1622;--focus:#fbbf24}}
*{box-sizing:border-box}html{-webkit-text-size-adjust:100%}body{margin:0;font:1.0625rem/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:break-word}
header,main,footer{max-width:64rem;margin:0 auto;padding:0 1rem}header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;padding-top:.75rem;padding-bottom:.75rem}
header a{display:inline-block;padding:.5rem 0}header a:first-of-type{font-weight:600}header .other{margin-left:auto}a{color:var(--accent)}
h1{font-size:1.375rem;line-height:1.3;margin:.75rem 0 1rem}h2{font-size:1.25rem;line-height:1.3;margin:0}h3{font-size:1rem;margin:1.25rem 0 .25rem}h2 small{display:block;font-size:1rem;font-weight:400;color:var(--muted)}p{margin:.5rem 0}
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
.when{font-size:1.25rem;margin:.75rem 0 0}.clock{font-size:clamp(2rem,9vw,3.25rem);line-height:1.15;font-weight:700;margin:0;font-variant-numeric:tabular-nums}.clock time{white-space:nowrap}.delay{font-size:1.25rem;margin:0;min-height:1.9rem;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.375rem 0;border-top:1px solid var(--line);font-variant-numeric:tabular-nums}th{font-weight:400;padding-right:.75rem;width:45%}td b{white-space:nowrap}td span{display:block}.past{color:var(--muted)}
.yours{min-height:1.5rem;margin:0}.ways{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:1rem}.ways a{display:inline-block;padding:.5rem 0}footer{padding-top:1.5rem;padding-bottom:2rem;color:var(--muted);font-size:1rem}
@media print{header,footer,.ways,.search,.add{display:none}body{background:#fff;color:#000}.card{border:0;padding:0;break-inside:avoid}}`;

/** The page runs nothing but its own script, shows nothing from elsewhere and stands in no frame. */
const CONTENT_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** Shared caches may keep a page for this long: whoever comes in the same minute costs nothing. */
const FRESH_SECONDS = 60;

/** What stands around the content of a public page. */
export interface PageFrame {
  language: Language;
  title: string;
  skip: string;
  /** Links of the header, the first to the page itself; escaped. */
  links: readonly { path: string; text: string }[];
  other: { path: string; text: string };
  /** Address of the script; none for pages in which nothing changes. */
  scriptPath: string | undefined;
  /** HTML of the page and of its end. */
  main: string;
  footer: string;
}

/** A page that is complete without its script, and made of one document and that script. */
export function framed({ language, title, skip, links, other, scriptPath, main, footer }: PageFrame): string {
  const otherLanguage: Language = language === 'fr' ? 'en' : 'fr';
  const script = scriptPath === undefined ? '' : `<script src="${scriptPath}" defer></script>`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="icon" href="data:,"><title>${escaped(title)}</title><style>${STYLE}</style>${script}</head>
<body><a class="skip" href="#content">${escaped(skip)}</a>
<header>${links.map(({ path, text }) => `<a href="${escaped(path)}">${escaped(text)}</a>`).join('')}<a class="other" href="${escaped(other.path)}" lang="${otherLanguage}" hreflang="${otherLanguage}">${escaped(other.text)}</a></header>
<main id="content">${main}</main>
<footer>${footer}</footer></body></html>
`;
}

/** Headers of a page: who may keep it, in which language it is, and what it may do. */
export function pageHeaders(language: Language, status: number): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
    'content-security-policy': CONTENT_POLICY,
    'cache-control': status < 500 ? `public, max-age=${FRESH_SECONDS}` : 'no-store',
    vary: 'accept-language',
    'referrer-policy': 'no-referrer',
    ...(status === 503 ? { 'retry-after': '30' } : {}),
  };
}
