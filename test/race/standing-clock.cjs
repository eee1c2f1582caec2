// a server that a test starts lives at TEST_CLOCK; its clock runs on from there
const offset = Date.parse(process.env.TEST_CLOCK) - Date.now();
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + offset);
    else super(...given);
  }
  static now() {
    return RealDate.now() + offset;
  }
};
