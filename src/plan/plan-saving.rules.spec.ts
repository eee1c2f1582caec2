import { savingSentences } from './plan-saving.rules';

const peak = (sessionsRatio: number, loginsRatio: number) => ({ sessionsRatio, loginsRatio, unplacedCount: 0 });
const peaks = (wished: number, letter: number) => ({
  everybodyAtWish: peak(wished / 2, wished),
  letterByLevel: peak(letter, 0.2),
  random: peak(1.2, 1.1),
  firstFit: peak(1, 1),
});

describe('what a plan saved', () => {
  it('is said with the larger of sessions and log-ins, in both languages, with their decimal signs', () => {
    const { fr, en } = savingSentences(peaks(5.546, 2.449), 0.9996);
    expect(fr).toContain('5,5 fois la capacité disponible, et 2,4 fois');
    expect(fr).toContain('à 100 %');
    expect(en).toContain('5.5 times');
  });

  it('is told without decimals from ten times on', () => {
    expect(savingSentences(peaks(22.71, 3), 1).fr).toContain('23 fois');
  });

  it('leaves out a letter by level that would help nobody', () => {
    expect(savingSentences(peaks(2, 4.2), 1).fr).toBe(
      'Sans étalement, la pointe atteindrait 2,0 fois la capacité disponible ; ce plan la tient à 100 %.',
    );
  });

  it('says so where nobody would have been turned away anyhow', () => {
    const { fr, en } = savingSentences(peaks(0.8, 0.5), 0.41);
    expect(fr).toContain('80 %');
    expect(en).toContain('41%');
  });
});
