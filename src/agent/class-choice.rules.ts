import type { GatePlan } from '../kernel/decision/gate-plan';
import type { ClassChoice } from './waiting-page.rules';

const MOST_SCHOOLS = 20;

const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Schools whose name holds every word of the question, or the classes of the one that was named. */
export function classChoiceOf({ content, classOffset }: GatePlan, question: string, uai: string): ClassChoice {
  const { establishments, classes } = content;
  const asked = question.slice(0, 60).trim();
  const words = plain(asked)
    .split(/\s+/)
    .filter((word) => word !== '');
  const schools: ClassChoice['schools'] = [];
  if (words.length > 0 && plain(asked).length >= 2) {
    for (let e = 0; e < establishments.id.length && schools.length < MOST_SCHOOLS; e++) {
      const name = `${plain(establishments.name[e]!)} ${establishments.uai[e]!.toLowerCase()}`;
      if (words.every((word) => name.includes(word)))
        schools.push({ uai: establishments.uai[e]!, name: establishments.name[e]! });
    }
  }
  const at = uai === '' ? -1 : establishments.uai.indexOf(uai);
  const school =
    at < 0
      ? undefined
      : {
          uai,
          name: establishments.name[at]!,
          classes: classes.name
            .slice(classOffset[at], classOffset[at + 1])
            .map((name) => ({ key: `${uai}$${name}`, name })),
        };
  return { question: asked, schools, school };
}
