import { createHash } from 'node:crypto';
import { CLASS_PAGES_PATH } from '../common/class-page-address';
import { escaped } from '../common/html-text';
import type { Language } from '../common/language.rules';
import { PAGE_STYLE } from './page-style';

/** The page runs nothing but its own script, shows nothing from elsewhere and stands in no frame. */
const CONTENT_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'; script-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** Shared caches may keep a page for this long: whoever comes in the same minute costs nothing. */
const FRESH_SECONDS = 60;

export const FORECAST_PATH = '/prevision';

const TEXTS = {
  fr: {
    families: 'Créneaux de connexion',
    forecast: 'Prévision d’affluence',
    skip: 'Aller au contenu',
    otherLanguage: 'English',
    failed: 'Cette page ne peut pas être lue pour le moment.',
    failedNext: 'Réessayez dans une minute ; vos créneaux n’ont pas changé.',
    retry: 'Réessayer',
  },
  en: {
    families: 'Connection windows',
    forecast: 'Traffic forecast',
    skip: 'Skip to content',
    otherLanguage: 'Français',
    failed: 'This page cannot be read for the moment.',
    failedNext: 'Try again in a minute; your windows have not changed.',
    retry: 'Try again',
  },
} as const;

/** What stands around the content of a public page. */
export interface PageFrame {
  language: Language;
  /** The language that the address names: links keep it. */
  askedLanguage: Language | undefined;
  title: string;
  /** The address of the same page in the other language. */
  otherPath: string;
  /** Address of the script; none for pages in which nothing changes. */
  scriptPath: string | undefined;
  /** HTML of the page and of its end. */
  main: string;
  footer: string;
}

/** A page that is complete without its script, and made of one document and that script. */
export function framed({ language, askedLanguage, title, otherPath, scriptPath, main, footer }: PageFrame): string {
  const text = TEXTS[language];
  const otherLanguage: Language = language === 'fr' ? 'en' : 'fr';
  const kept = askedLanguage === undefined ? '' : `?lang=${askedLanguage}`;
  const link = (path: string, name: string): string =>
    `<a href="${path}${kept}"${new RegExp(`^${path}(\\?|$)`).test(otherPath) ? ' aria-current="true"' : ''}>${name}</a>`;
  const script = scriptPath === undefined ? '' : `<script src="${scriptPath}" defer></script>`;
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><link rel="icon" href="data:,"><title>${escaped(title)}</title><style>${PAGE_STYLE}</style>${script}</head>
<body><a class="skip" href="#content">${text.skip}</a>
<header><nav>${link(CLASS_PAGES_PATH, text.families)} ${link(FORECAST_PATH, text.forecast)}</nav><a class="other" href="${escaped(otherPath)}" lang="${otherLanguage}" hreflang="${otherLanguage}">${text.otherLanguage}</a></header>
<main id="content">${main}</main>
<footer>${footer}</footer></body></html>
`;
}

/** The page of a failure: what to do, and no promise. */
export function failedPage(language: Language, path: string): string {
  const text = TEXTS[language];
  return framed({
    language,
    askedLanguage: undefined,
    title: text.failed,
    otherPath: path,
    scriptPath: undefined,
    main: `<h1>${text.failed}</h1><p>${text.failedNext}</p><p><a class="go" href="${escaped(path)}">${text.retry}</a></p>`,
    footer: '',
  });
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
