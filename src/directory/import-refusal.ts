/** Why a whole file is refused: nothing of it is written. The code is stable, the message repeats nothing of the file. */
export class FileRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly lineNumber?: number,
  ) {
    super(message);
    this.name = FileRefusal.name;
  }
}
