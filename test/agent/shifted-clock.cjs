// A process whose clock goes as the real one does and stands elsewhere: what its plan is about is another day than today.
const shift = Number(process.env.CLOCK_SHIFT_MILLISECONDS ?? 0);
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + shift);
    else super(...given);
  }

  static now() {
    return RealDate.now() + shift;
  }
};
