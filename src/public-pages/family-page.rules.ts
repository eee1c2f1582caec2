import { classKeyOf, CLASS_PAGES_PATH, type NamedClass } from '../common/class-page-address';
import { escaped } from '../common/html-text';
import type { Language } from '../common/language.rules';
import { type FamilyChoice, familyPathOf } from './family-choice.rules';
import { type ChildView, childCard, childSentence } from './family-card.rules';
import { FAMILY_TEXTS } from './family-text';
import { framed } from './page-frame.rules';
import { clockText } from './public-time.rules';

/** A school as a search shows it. */
export interface FoundSchool {
  uai: string;
  name: string;
  communeName: string;
  departmentCode: string;
}

/** What the page shows below the children that were chosen. */
export type FamilyStep =
  | { kind: 'children' }
  | { kind: 'search' }
  | { kind: 'results'; question: string; schools: readonly FoundSchool[]; hasMore: boolean }
  | { kind: 'classes'; school: FoundSchool; classes: readonly string[] }
  | { kind: 'unknown_school' };

/** A chosen class, or one that nobody knows. */
export type Child = ChildView | { kind: 'unknown'; chosen: NamedClass; isSchoolKnown: boolean };

export interface FamilyPage {
  language: Language;
  choice: FamilyChoice;
  step: FamilyStep;
  children: readonly Child[];
  nowSeconds: number;
  scriptPath: string;
}

/** The whole page: the answer first, then the way to the next one. */
export function familyPage(page: FamilyPage): string {
  const { language, choice, step, children, nowSeconds, scriptPath } = page;
  const text = FAMILY_TEXTS[language];
  const known = children.filter((child) => child.kind !== 'unknown');
  const title = step.kind === 'children' && known[0] ? childSentence(known[0], language) : text.title;
  const zone = known[0]?.facts.timeZone ?? 'Europe/Paris';
  return framed({
    language,
    title,
    askedLanguage: choice.language,
    otherPath: familyPathOf({ ...choice, language: language === 'fr' ? 'en' : 'fr' }),
    scriptPath: step.kind === 'children' ? scriptPath : undefined,
    main: step.kind === 'children' ? childrenHtml(page, children) : chooserHtml(page),
    footer: `<p>${text.privacy}</p>${
      step.kind === 'children'
        ? `<p>${text.asOf(clockText(nowSeconds, zone, language))} <span role="status" data-offline="${escaped(text.offline)}"></span></p>`
        : ''
    }`,
  });
}

function childrenHtml({ language, choice, nowSeconds }: FamilyPage, children: readonly Child[]): string {
  const text = FAMILY_TEXTS[language];
  const cards = children.map((child, at) => {
    const others = choice.classes.filter((_, other) => other !== at);
    const removePath = others.length > 0 ? familyPathOf({ language: choice.language, classes: others }) : undefined;
    const chosen = choice.classes[at]!;
    const changePath = familyPathOf({ language: choice.language, classes: others, uai: chosen.uai });
    if (child.kind !== 'unknown') return childCard(child, { removePath, changePath }, language, nowSeconds);
    const searchPath = child.isSchoolKnown
      ? changePath
      : familyPathOf({ language: choice.language, classes: others, isAdding: true });
    return `<section class="card"><h2>${escaped(child.isSchoolKnown ? text.unknownClass(chosen.code) : text.unknownSchool)}</h2>
<p>${child.isSchoolKnown ? text.unknownClassNext : ''}</p><p><a class="go" href="${escaped(searchPath)}">${child.isSchoolKnown ? text.chooseAgain : text.otherSchool}</a></p></section>`;
  });
  const add = familyPathOf({ language: choice.language, classes: choice.classes, isAdding: true });
  return `<h1>${text.children(children.length)}</h1><div class="children">${cards.join('\n')}</div>
<p class="add"><a class="go" href="${escaped(add)}">${text.addChild}</a></p>`;
}

function chooserHtml({ language, choice, step }: FamilyPage): string {
  const text = FAMILY_TEXTS[language];
  const { classes } = choice;
  const back =
    classes.length > 0
      ? `<p><a href="${escaped(familyPathOf({ language: choice.language, classes }))}">${text.back}</a></p>`
      : '';
  if (step.kind === 'classes') {
    const { uai, name, communeName } = step.school;
    const links = step.classes.map((code) => {
      const path = familyPathOf({ language: choice.language, classes: [...classes, { uai, code }] });
      return `<li><a href="${escaped(path)}">${escaped(code)}</a></li>`;
    });
    const searchPath = familyPathOf({ language: choice.language, classes, isAdding: classes.length > 0 });
    return `<h1>${escaped(name)}, ${escaped(communeName)}</h1>
${links.length > 0 ? `<h2>${text.chooseClass}</h2><ul class="codes">${links.join('')}</ul>` : `<p>${text.noClasses} ${text.noClassesNext}</p>`}
<p class="ways"><a href="${escaped(searchPath)}">${text.otherSchool}</a></p>${back}`;
  }
  return `${headOf(step, language)}${searchForm(choice, language)}${step.kind === 'results' ? resultsHtml(step, choice) : ''}${back}`;
}

function headOf(step: FamilyStep, language: Language): string {
  const text = FAMILY_TEXTS[language];
  if (step.kind === 'unknown_school') return `<h1>${text.unknownSchool}</h1><p>${text.noResultNext}</p>`;
  if (step.kind !== 'results') return `<h1>${text.title}</h1><p>${text.intro}</p>`;
  const { question, schools, hasMore } = step;
  if (schools.length === 0) return `<h1>${escaped(text.noResult(question))}</h1><p>${text.noResultNext}</p>`;
  if (hasMore) return `<h1>${escaped(text.manyResults(schools.length, question))}</h1><p>${text.narrow}</p>`;
  return `<h1>${escaped(text.results(schools.length, question))}</h1>`;
}

function resultsHtml({ schools }: FamilyStep & { kind: 'results' }, { language, classes }: FamilyChoice): string {
  const links = schools.map(({ uai, name, communeName, departmentCode }) => {
    const path = familyPathOf({ language, classes, uai });
    return `<li><a href="${escaped(path)}">${escaped(name)} <small>${escaped(communeName)} (${escaped(departmentCode)})</small></a></li>`;
  });
  return links.length > 0 ? `<ul class="list">${links.join('')}</ul>` : '';
}

function searchForm(choice: FamilyChoice, language: Language): string {
  const text = FAMILY_TEXTS[language];
  const kept = choice.classes.map((one) => `<input type="hidden" name="classe" value="${escaped(classKeyOf(one))}">`);
  if (choice.language) kept.push(`<input type="hidden" name="lang" value="${choice.language}">`);
  return `<form class="search" action="${CLASS_PAGES_PATH}" role="search"><p><label for="q">${text.question}</label>
<input type="search" id="q" name="q" required minlength="2" maxlength="100" autocomplete="off" value="${escaped(choice.question ?? '')}"></p>${kept.join('')}<button>${text.search}</button></form>`;
}
