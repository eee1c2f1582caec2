/** A code of a refusal as the service's source states it, with its kind where that stands beside it. */
export interface StatedCode {
  code: string;
  kind: string | undefined;
}

const WHOLE = /(?:\bsuper|\bDomainError)\(\s*'([a-z_]+\.[a-z_]+)',\s*'(\w+)'/g;
/** A class that knows the first part of its codes: `super(\`booking.${what}\`, kind`. */
const PUT_TOGETHER =
  /class (\w+) extends DomainError \{\s*constructor\(((?:(?!\bclass\b)[^])*?)\) \{\s*super\(\s*`([a-z_]+)\.\$\{(\w+)\}`,\s*(?:'(\w+)')?/g;

/** Every code that files of source state: as a whole, to the class of a refusal, or to a function that hands it on to one in its file. */
export function statedCodes(files: readonly string[]): StatedCode[] {
  const whole = files.flatMap((file) => [...file.matchAll(WHOLE)].map(([, code, kind]) => ({ code: code!, kind })));
  const together = files.flatMap((file) =>
    [...file.matchAll(PUT_TOGETHER)].flatMap(([, name, parameters, first, parameter, kind]) => {
      const last = new RegExp(`\\b${parameter}: ((?:\\| |'\\w+' ?)+)`).exec(parameters!)?.[1];
      const parts = last
        ? namesIn(last).map((code) => ({ code, kind: undefined }))
        : files.flatMap((one) => givenTo(name!, one));
      return parts.map((part) => ({ code: `${first}.${part.code}`, kind: kind ?? part.kind }));
    }),
  );
  return [...whole, ...together];
}

/** The last parts of codes that a file gives to a class of refusals. */
function givenTo(name: string, file: string): StatedCode[] {
  const direct = [...file.matchAll(new RegExp(`\\bnew ${name}\\(\\s*'([a-z_]+)'(?:,\\s*'(\\w+)')?`, 'g'))];
  const handedOn = new RegExp(`\\bnew ${name}\\(\\s*code,`).test(file)
    ? [...file.matchAll(/\b(?:const|function) (\w+)(?: = )?\(code: string/g)].flatMap(([, by]) => [
        ...file.matchAll(new RegExp(`\\b${by}\\(\\s*'([a-z_]+)'`, 'g')),
      ])
    : [];
  return [...direct, ...handedOn].map(([, code, kind]) => ({ code: code!, kind }));
}

const namesIn = (union: string): string[] => [...union.matchAll(/'(\w+)'/g)].map(([, name]) => name!);
