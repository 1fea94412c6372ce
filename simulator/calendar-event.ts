/**
 * Calendar events of Proxmox, a subset of systemd's (calendar_event.rs in proxmox-time). Weekdays may go over the end of
 * the week, `*` is any, `a/b` is every b-th from a on.
 */
interface CalendarEvent {
  /** Reckoned in UTC, not in the node's own time. */
  readonly utc: boolean;
  /** 0 is Sunday; empty: any. */
  readonly weekdays: ReadonlySet<number>;
  readonly year: Fits;
  readonly month: Fits;
  readonly day: Fits;
  readonly hour: Fits;
  readonly minute: Fits;
  readonly second: Fits;
}

type Fits = (value: number) => boolean;

const any: Fits = () => true;
const only =
  (...values: readonly number[]): Fits =>
  (value) =>
    values.includes(value);

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const midnight = { hour: only(0), minute: only(0), second: only(0) };
const always = { weekdays: new Set<number>(), year: any, month: any, day: any, hour: any, minute: any };

/** Words that stand for a whole event; they are not of any case. */
const words: Readonly<Record<string, Omit<CalendarEvent, "utc">>> = {
  minutely: { ...always, second: only(0) },
  hourly: { ...always, minute: only(0), second: only(0) },
  daily: { ...always, ...midnight },
  weekly: { ...always, ...midnight, weekdays: new Set([1]) },
  monthly: { ...always, ...midnight, day: only(1) },
  yearly: { ...always, ...midnight, day: only(1), month: only(1) },
  annually: { ...always, ...midnight, day: only(1), month: only(1) },
  quarterly: { ...always, ...midnight, day: only(1), month: only(1, 4, 7, 10) },
  semiannually: { ...always, ...midnight, day: only(1), month: only(1, 7) },
  "semi-annually": { ...always, ...midnight, day: only(1), month: only(1, 7) },
};

const item = String.raw`\d+(?:\.\.\d+)?(?:/\d+)?`;
const list = String.raw`(?:\*(?:/\d+)?|${item}(?:,${item})*)`;
const weekday = String.raw`[a-z]+(?:\.\.[a-z]+)?`;
const whole = new RegExp(
  `^(?<weekdays>${weekday}(?:,${weekday})*)? *` +
    `(?:(?:(?<year>${list})-)?(?<month>${list})-(?<day>${list}) *)?` +
    `(?:(?:(?<hour>${list}):)?(?<minute>${list})(?::(?<second>${list}))?)?$`,
  "i",
);

/** Undefined when the text is none. */
export function parseCalendarEvent(text: string): CalendarEvent | undefined {
  const trimmed = text.trim();
  const utc = trimmed.endsWith("UTC");
  const rest = utc ? trimmed.slice(0, -3).replace(/ +$/, "") : trimmed;
  const word = Object.hasOwn(words, rest) ? words[rest] : undefined;
  if (word) return { ...word, utc };
  const found = whole.exec(rest)?.groups;
  if (!found || rest === "") return undefined;
  const weekdays = weekdaysIn(found["weekdays"]);
  const timed = found["minute"] !== undefined;
  const parts = {
    year: fits(found["year"], 0, 2199),
    month: fits(found["month"], 1, 12),
    day: fits(found["day"], 1, 31),
    hour: timed ? fits(found["hour"], 0, 23) : only(0),
    minute: timed ? fits(found["minute"], 0, 59) : only(0),
    second: found["second"] === undefined ? only(0) : fits(found["second"], 0, 59),
  };
  if (!weekdays || Object.values(parts).includes(undefined)) return undefined;
  return { utc, weekdays, ...parts } as CalendarEvent;
}

function weekdaysIn(text: string | undefined): Set<number> | undefined {
  const found = new Set<number>();
  for (const range of (text ?? "").toLowerCase().split(",").filter(Boolean)) {
    const [from, to = from] = range
      .split("..")
      .map((name) => days.findIndex((day) => day === name || day.slice(0, 3) === name));
    if (from === undefined || to === undefined || from < 0 || to < 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === to) break;
    }
  }
  return found;
}

/** `max` is the greatest value; undefined when one is greater, or a range ends before it starts. */
function fits(text: string | undefined, first: number, max: number): Fits | undefined {
  if (text === undefined || text === "*") return any;
  const spans = text.split(",").map((one) => {
    const [, from = "", to, step] = /^(\*|\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(one) ?? [];
    const start = from === "*" ? first : Number(from);
    const end = to === undefined ? (step === undefined ? start : max) : Number(to);
    return { start, end, step: step === undefined ? 1 : Number(step), starred: from === "*" };
  });
  const wrong = spans.some(
    ({ start, end, step, starred }) => start > max || end > max || step > max || start > end || (starred && step === 0),
  );
  if (wrong) return undefined;
  return (value) =>
    spans.some(({ start, end, step }) =>
      step === 0 ? value === start : value >= start && value <= end && (value - start) % step === 0,
    );
}

const DAY = 86_400;
/** The 29th of February on a certain weekday comes once in 28 years, and once in 40 around a century. */
const FARTHEST = 366 * 41;

/**
 * The first moment after `last` that it fits, in seconds; undefined when there is none. `offset`: by how much the node is
 * ahead of UTC at a moment.
 */
export function nextEvent(event: CalendarEvent, last: number, offset: (seconds: number) => number): number | undefined {
  const ahead = event.utc ? () => 0 : offset;
  const start = last + 1 + ahead(last + 1);
  const clock = (fit: Fits, count: number) => Array.from({ length: count }, (_, value) => value).filter(fit);
  const [hours, minutes, seconds] = [clock(event.hour, 24), clock(event.minute, 60), clock(event.second, 60)];
  for (let day = 0; day < FARTHEST; day++) {
    const midnight = Math.floor(start / DAY) * DAY + day * DAY;
    if (!isDay(event, new Date(midnight * 1000))) continue;
    for (const hour of hours)
      for (const minute of minutes) {
        const found = seconds.map((second) => midnight + hour * 3600 + minute * 60 + second).find((at) => at >= start);
        if (found !== undefined) return found - ahead(found - ahead(found));
      }
  }
  return undefined;
}

const isDay = ({ weekdays, year, month, day }: CalendarEvent, date: Date): boolean =>
  (weekdays.size === 0 || weekdays.has(date.getUTCDay())) &&
  year(date.getUTCFullYear()) &&
  month(date.getUTCMonth() + 1) &&
  day(date.getUTCDate());
