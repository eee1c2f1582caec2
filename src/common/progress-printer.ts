import { SingleBar } from 'cli-progress';
import type { OnProgress } from './progress';

/** A line at the start of each phase and at each of these shares, where there is no terminal to draw on. */
const LINE_PER_CENT = 25;

/** What people read for a phase; one that is not here is shown as it is. */
const TITLES: Readonly<Record<string, string>> = {
  schools: 'Écoles / schools',
  wishes: 'Souhaits / wishes',
  queued: 'En attente / queued',
  assemble: 'Lecture / assembling',
  bound: 'Borne / bound',
  place: 'Placement / placing',
  repair: 'Réparation / repairing',
  polish: 'Finition / polishing',
  check: 'Vérification / checking',
  store: 'Enregistrement / storing',
  publish: 'Publication / publishing',
};
const titleOf = (phase: string): string => TITLES[phase] ?? phase;

export interface ProgressPrinter {
  onProgress: OnProgress;
  /** Leaves the last bar as it stands and goes to the next line. */
  end(): void;
}

/** Shows long work: one bar per phase on a terminal, some lines in a log. */
export function progressPrinter(
  stream: NodeJS.WriteStream = process.stderr,
  hasBars: boolean = stream.isTTY,
): ProgressPrinter {
  return hasBars ? bars(stream) : lines(stream);
}

function bars(stream: NodeJS.WriteStream): ProgressPrinter {
  let phase: string | undefined;
  let bar: SingleBar | undefined;
  const end = (): void => {
    bar?.stop();
    bar = undefined;
  };
  return {
    end,
    onProgress(progress) {
      const totalCount = Math.max(1, progress.totalCount);
      if (progress.phase !== phase || !bar) {
        bar?.update(bar.getTotal());
        end();
        phase = progress.phase;
        const format = `  ${titleOf(phase).padEnd(26)} {bar} {percentage} %`;
        bar = new SingleBar({
          stream,
          format,
          barsize: 30,
          hideCursor: true,
          barCompleteChar: '█',
          barIncompleteChar: '░',
        });
        bar.start(totalCount, progress.doneCount);
      }
      bar.setTotal(totalCount);
      bar.update(Math.min(totalCount, progress.doneCount));
    },
  };
}

function lines(stream: NodeJS.WriteStream): ProgressPrinter {
  let phase: string | undefined;
  let toldPerCent = 0;
  return {
    end: () => undefined,
    onProgress(progress) {
      const perCent = progress.totalCount > 0 ? Math.floor((100 * progress.doneCount) / progress.totalCount) : 0;
      if (progress.phase !== phase) {
        phase = progress.phase;
        toldPerCent = 0;
        stream.write(`  ${titleOf(phase)}...\n`);
      }
      if (perCent >= toldPerCent + LINE_PER_CENT) {
        toldPerCent = perCent - (perCent % LINE_PER_CENT);
        stream.write(`  ${titleOf(phase)}: ${toldPerCent} %\n`);
      }
    },
  };
}
