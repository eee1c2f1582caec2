import { DateTime } from 'luxon';
import { addDays } from '../common/civil-time';
import { escaped } from '../common/html-text';
import type { Language } from '../common/language.rules';
import { FORECAST_TEXTS } from './forecast-text';
import type { ForecastAnnouncementDto, ForecastDayDto, ForecastDto } from './forecast.dto';
import { runsOf, TRAFFIC_LEVELS, type TrafficRun } from './forecast.rules';
import { FORECAST_PATH, framed } from './page-frame.rules';
import { clockText, dateText, shortDateText, zoneText } from './public-time.rules';

/** Hours that the picture shows, [from, to); the rest of the night is in the data. */
const SHOWN_FROM_HOUR = 7;
const SHOWN_TO_HOUR = 22;
const CIVIL_DATE = /^\d{4}-\d{2}-\d{2}$/;
const CODE = /^[a-z0-9-]{1,40}$/;

/** All that the address says. */
export interface ForecastChoice {
  language: Language | undefined;
  platformCode: string | undefined;
  from: string | undefined;
}

/** Reads an address; what cannot be understood is as if it were not there. */
export function forecastChoiceOf(query: Readonly<Record<string, unknown>>): ForecastChoice {
  const { lang, plateforme, du } = query;
  return {
    language: lang === 'fr' || lang === 'en' ? lang : undefined,
    platformCode: typeof plateforme === 'string' && CODE.test(plateforme) ? plateforme : undefined,
    from: typeof du === 'string' && CIVIL_DATE.test(du) && DateTime.fromISO(du).isValid ? du : undefined,
  };
}

export function forecastPathOf({ language, platformCode, from }: Partial<ForecastChoice>): string {
  const query = new URLSearchParams();
  if (platformCode !== undefined) query.append('plateforme', platformCode);
  if (from !== undefined) query.append('du', from);
  if (language !== undefined) query.append('lang', language);
  const text = query.toString();
  return text === '' ? FORECAST_PATH : `${FORECAST_PATH}?${text}`;
}

/** The bulletin of a platform, or the platforms among which to choose. */
export type ForecastContent =
  | { kind: 'forecast'; forecast: ForecastDto; hasBefore: boolean; hasAfter: boolean }
  | { kind: 'choice'; isUnknown: boolean; platforms: readonly { code: string; name: string }[] };

/** The page: the busiest hour in a sentence, the picture, what is announced, the same as a table. */
export function forecastPage(
  language: Language,
  choice: ForecastChoice,
  content: ForecastContent,
  nowSeconds: number,
): string {
  const text = FORECAST_TEXTS[language];
  const otherLanguage = language === 'fr' ? 'en' : 'fr';
  return framed({
    language,
    title: text.title,
    askedLanguage: choice.language,
    otherPath: forecastPathOf({ ...choice, language: otherLanguage }),
    scriptPath: undefined,
    main:
      content.kind === 'forecast'
        ? forecastHtml(language, choice, content, nowSeconds)
        : choiceHtml(language, choice, content),
    footer: `<p>${text.privacy}</p>`,
  });
}

function choiceHtml(
  language: Language,
  choice: ForecastChoice,
  { isUnknown, platforms }: ForecastContent & { kind: 'choice' },
): string {
  const text = FORECAST_TEXTS[language];
  const links = platforms.map(({ code, name }) => {
    const path = forecastPathOf({ language: choice.language, platformCode: code });
    return `<li><a href="${escaped(path)}">${escaped(name)}</a></li>`;
  });
  const what = platforms.length === 0 ? text.noPlatform : text.platforms;
  return `<h1>${isUnknown ? text.unknown : text.title}</h1><p>${what}</p><ul class="list">${links.join('')}</ul>`;
}

function forecastHtml(
  language: Language,
  choice: ForecastChoice,
  { forecast, hasBefore, hasAfter }: ForecastContent & { kind: 'forecast' },
  nowSeconds: number,
): string {
  const text = FORECAST_TEXTS[language];
  const { days, platformName, platformId, timeZone } = forecast;
  const isNothing = days.every(({ isPlanned }) => !isPlanned);
  const from = days[0]!.date;
  const moved = (count: number) => escaped(forecastPathOf({ ...choice, from: addDays(from, count) }));
  const ways = [
    hasBefore ? `<li><a href="${moved(-days.length)}">${text.before}</a></li>` : '',
    hasAfter ? `<li><a href="${moved(days.length)}">${text.after}</a></li>` : '',
  ].join('');
  return `<h1>${escaped(isNothing ? text.nothing : sentenceOf(forecast, language, nowSeconds))}</h1>
${isNothing ? `<p>${text.nothingNext}</p>` : pictureHtml(platformName, days, language)}
${ways === '' ? '' : `<ul class="ways">${ways}</ul>`}
<h2>${text.announced}</h2>${announcementsHtml(forecast, language)}
${isNothing ? '' : `<details><summary>${text.table}</summary>${tableHtml(platformName, days, language)}</details>`}
<p class="muted">${text.explained} ${escaped(text.zone(zoneText(timeZone, language)))}</p>
<p><a href="/v1/platforms/${platformId}/forecast?from=${from}">${text.json}</a></p>`;
}

function sentenceOf({ days, timeZone }: ForecastDto, language: Language, nowSeconds: number): string {
  const text = FORECAST_TEXTS[language];
  const now = DateTime.fromSeconds(nowSeconds, { zone: timeZone });
  const present = days.find(({ date }) => date === now.toISODate())?.hours.find(({ hour }) => hour === now.hour)?.level;
  const coming = days.flatMap(({ date, hours }) =>
    runsOf(hours.filter(({ hour }) => date > now.toISODate()! || (date === now.toISODate() && hour >= now.hour))).map(
      (run) => ({ date, ...run }),
    ),
  );
  const rank = ({ level, mostPerMille }: TrafficRun): number => TRAFFIC_LEVELS.indexOf(level) * 10_000 + mostPerMille;
  const worst = coming.reduce<(typeof coming)[number] | undefined>(
    (a, b) => (a && rank(a) >= rank(b) ? a : b),
    undefined,
  );
  const first = present ? `${text.now(text.levels[present])} ` : '';
  if (!worst || worst.level === 'calm') return first + text.allCalm;
  return (
    first +
    text.worst(dateText(worst.date, language), text.hours(worst.fromHour, worst.toHour), text.levels[worst.level])
  );
}

function pictureHtml(platformName: string, days: readonly ForecastDayDto[], language: Language): string {
  const text = FORECAST_TEXTS[language];
  const legend = TRAFFIC_LEVELS.map((level) => `<li><i class="${level}"></i> ${text.levels[level]}</li>`);
  const heads = days.map(({ date }) => {
    const [weekday, ...rest] = shortDateText(date, language).split(' ');
    return `<th scope="col">${weekday} <span>${rest.join(' ')}</span></th>`;
  });
  const rows: string[] = [];
  for (let hour = SHOWN_FROM_HOUR; hour < SHOWN_TO_HOUR; hour++) {
    const cells = days.map(({ hours }) => {
      const level = hours.find((one) => one.hour === hour)?.level ?? null;
      const word = level === null ? text.unplanned : text.levels[level];
      return `<td class="${level ?? 'unplanned'}"><span>${word}</span></td>`;
    });
    rows.push(`<tr><th scope="row">${text.hour(hour)}</th>${cells.join('')}</tr>`);
  }
  return `<ul class="legend" aria-label="${text.legend}">${legend.join('')}</ul>
<table class="traffic"><caption class="seen-not">${escaped(text.caption(platformName))}</caption><thead><tr><th scope="col"><span class="seen-not">${text.hourColumn}</span></th>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function tableHtml(platformName: string, days: readonly ForecastDayDto[], language: Language): string {
  const text = FORECAST_TEXTS[language];
  const rows = days.flatMap(({ date, isPlanned, hours }) => {
    const day = dateText(date, language);
    if (!isPlanned) return `<tr><th scope="row">${day}</th><td></td><td>${text.unplanned}</td><td></td></tr>`;
    return runsOf(hours).map(
      ({ fromHour, toHour, level, mostPerMille }) =>
        `<tr><th scope="row">${day}</th><td>${text.hours(fromHour, toHour)}</td><td>${text.levels[level]}</td><td>${text.share(mostPerMille)}</td></tr>`,
    );
  });
  return `<table class="runs"><caption class="seen-not">${escaped(text.caption(platformName))}</caption><thead><tr>${text.columns.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function announcementsHtml({ announcements, timeZone }: ForecastDto, language: Language): string {
  const text = FORECAST_TEXTS[language];
  if (announcements.length === 0) return `<p>${text.nothingAnnounced}</p>`;
  const when = (instant: string): string => {
    const at = DateTime.fromISO(instant, { zone: timeZone });
    return text.at(dateText(at.toISODate()!, language), clockText(at.toSeconds(), timeZone, language));
  };
  const what = ({ kind, startsAt, endsAt, capacityPerMille: perMille }: ForecastAnnouncementDto): string => {
    if (kind === 'regulation') return text.slowdown(text.share(1000 - perMille), when(startsAt), when(endsAt!));
    if (perMille === 1000) return text.same(when(startsAt));
    return perMille < 1000
      ? text.less(text.share(1000 - perMille), when(startsAt))
      : text.more(text.share(perMille - 1000), when(startsAt));
  };
  return `<ul class="announced">${announcements.map((one) => `<li>${escaped(what(one))}<small>${escaped(one.reason)}</small></li>`).join('')}</ul>`;
}
