const words = [
  ...["minutely", "hourly", "daily", "weekly", "monthly", "quarterly", "semiannually", "semi-annually", "yearly"],
  "annually",
];
const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Parts of a date or time, with the least and the greatest number of each. */
type Part = readonly [name: string, least: number, most: number];
const dateParts: readonly Part[] = [
  ["year", 0, 2199],
  ["month", 0, 12],
  ["day", 0, 31],
];
const timeParts: readonly Part[] = [
  ["hour", 0, 23],
  ["minute", 0, 59],
  ["second", 0, 59],
];

const example = "write a calendar event such as `daily`, `21:00`, `mon..fri 02:30`, `sat *-*-1..7 03:15` or `*/6:00`";

/**
 * What is wrong with a schedule: a calendar event as Proxmox reads it, which is a part of systemd's (proxmox-time's
 * calendar_event.rs). Undefined when nothing is.
 */
export function scheduleProblem(schedule: string): string | undefined {
  if (schedule.length > 128) return "is longer than the 128 characters that Proxmox takes";
  const text = schedule.trim().replace(/ *UTC$/, "");
  if (words.includes(text)) return undefined;
  const { weekdays, date, time } =
    /^(?<weekdays>[a-z][a-z.,]*)? *(?:(?<date>[\d*,./]+(?:-[\d*,./]+)+) *)?(?<time>[\d*,./:]+)?$/i.exec(text)?.groups ??
    {};
  if (weekdays === undefined && date === undefined && time === undefined) return example;
  return (
    weekdaysProblem(weekdays) ??
    partsProblem(date?.split("-"), dateParts.slice(date?.split("-").length === 2 ? 1 : 0)) ??
    partsProblem(time?.split(":"), time?.includes(":") ? timeParts : timeParts.slice(1))
  );
}

function weekdaysProblem(text: string | undefined): string | undefined {
  const names = text?.toLowerCase().split(/,|\.\./) ?? [];
  const wrong = names.find((name) => !days.some((day) => name === day || name === day.slice(0, 3)));
  if (wrong !== undefined) return `"${wrong}" is no weekday; ${example}`;
  const range = text?.split(",").find((one) => one.split("..").length > 2);
  return range === undefined ? undefined : `"${range}" is no range of weekdays; ${example}`;
}

function partsProblem(texts: readonly string[] | undefined, parts: readonly Part[]): string | undefined {
  if (texts === undefined) return undefined;
  if (texts.length > parts.length) return example;
  for (const [index, text] of texts.entries()) {
    const wrong = partProblem(text, parts[index] ?? ["part", 0, 0]);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function partProblem(text: string, [name, least, most]: Part): string | undefined {
  const any = /^\*(?:\/(\d+))?$/.exec(text);
  if (any) {
    const step = Number(any[1] ?? 1);
    return step >= 1 && step <= most ? undefined : `every ${step} is no step of the ${name}; write 1 to ${most}`;
  }
  for (const one of text.split(",")) {
    const [, from, to = from, step = "0"] = /^(\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(one) ?? [];
    if (from === undefined || to === undefined) return `"${one}" is no ${name}; ${example}`;
    for (const number of [from, to, step])
      if (Number(number) > most) return `${number} is no ${name}; write ${least} to ${most}`;
    if (Number(from) > Number(to)) return `the ${name}s ${one} end before they begin`;
  }
  return undefined;
}
