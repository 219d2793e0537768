/**
 * Loaded before a program (`node --import`): its wall clock leaps an hour ahead and back again, each second. Timers and
 * the monotonic clock, which no one can set, go on as ever.
 */
const HOUR_MS = 3_600_000;
const RealDate = Date;

function leap() {
  return Math.floor(performance.now() / 1_000) % 2 === 0 ? HOUR_MS : -HOUR_MS;
}

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [RealDate.now() + leap()] : args));
  }

  static now() {
    return RealDate.now() + leap();
  }
};
