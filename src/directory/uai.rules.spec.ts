import * as fc from 'fast-check';
import { checkLetterOf, readUai, uaiProblemText } from './uai.rules';

const digits = fc.stringMatching(/^\d{7}$/);

describe('the UAI', () => {
  it('has the check letter of schools that exist', () => {
    for (const uai of [
      '0593690R',
      '0590712D',
      '0800018K',
      '0020032Z',
      '0020012C',
      '9740001A'.replace(/.$/, checkLetterOf('9740001')),
    ])
      expect(readUai(uai)).toEqual({ uai });
  });

  it('is read whatever its capitals and the spaces around it', () =>
    fc.assert(
      fc.property(digits, (number) => {
        const uai = number + checkLetterOf(number);
        expect(readUai(` ${uai.toLowerCase()} `)).toEqual({ uai });
      }),
    ));

  it('is refused with the expected one for every other letter', () =>
    fc.assert(
      fc.property(digits, fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), (number, letter) => {
        const expected = number + checkLetterOf(number);
        fc.pre(number + letter !== expected);
        const reading = readUai(number + letter);
        expect(reading).toMatchObject({ problem: 'uai_check_letter', expected });
        if (reading.uai === undefined) expect(uaiProblemText(reading)).toContain(expected);
      }),
    ));

  it('catches every exchange of two neighbouring digits and every wrong digit', () =>
    fc.assert(
      fc.property(digits, fc.nat(6), fc.integer({ min: 1, max: 9 }), (number, at, more) => {
        const wrong = number.slice(0, at) + String((Number(number[at]) + more) % 10) + number.slice(at + 1);
        expect(readUai(wrong + checkLetterOf(number)).uai).toBeUndefined();
      }),
    ));

  it('is refused when it is missing or has another shape', () => {
    expect(readUai('  ')).toEqual({ problem: 'uai_missing' });
    for (const text of ['059', '05900011', '0590001é', '0590001AA', 'A0590001'])
      expect(readUai(text)).toEqual({ problem: 'uai_malformed' });
  });
});
