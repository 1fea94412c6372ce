import { die, PveError, Unbuilt } from "../errors.js";
import type { NotificationEntry } from "../world/notifications.js";

const listOf = (entry: NotificationEntry, key: string): readonly string[] => {
  const value = entry.options[key];
  return Array.isArray(value) ? value : [];
};

/** What Proxmox looks at when an endpoint is written (scenario 46, lines 92 to 108). */
export function checkEndpoint(name: string, entry: NotificationEntry): void {
  const { type, options } = entry;
  const mails = type === "sendmail" || type === "smtp";
  if (mails && listOf(entry, "mailto").length + listOf(entry, "mailto-user").length === 0)
    throw new PveError(400, "must at least provide one recipient, either in mailto or in mailto-user\n");
  if (type === "webhook" && !/^https?:\/\/\S+$/.test(String(options["url"]))) {
    const text =
      `writing "notifications.cfg" failed: verify section '${name}' failed - parameter verification failed - ` +
      "'url': value does not match the regex pattern";
    throw die(`could not serialize configuration: ${text}: ${text}`);
  }
}

const severities = ["info", "notice", "warning", "error", "unknown"];
const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const hours = /^(?:[01]?\d|2[0-3]):[0-5]\d-(?:[01]?\d|2[0-3]):[0-5]\d$/;

/** The statements of a matcher (scenario 46, lines 116 to 118). */
export function checkMatcher(entry: NotificationEntry): void {
  for (const statement of listOf(entry, "match-field"))
    if (!/^(?:exact|regex):[\w-]+=.*$/.test(statement))
      throw die(`error: could not apply filter: invalid match-field statement: ${statement}`);
  for (const statement of listOf(entry, "match-severity"))
    for (const severity of statement.split(","))
      if (!severities.includes(severity.trim())) throw die(`error: invalid severity ${severity.trim()}`);
  for (const statement of listOf(entry, "match-calendar")) checkCalendar(statement);
}

/** `mon..fri 8:00-12:00`. Of the errors that Proxmox has for others, one was recorded. */
function checkCalendar(statement: string): void {
  const [days = "", time] = statement.includes(" ") ? statement.split(/\s+/) : ["", statement];
  const known = days.split(/,|\.\./).every((day) => day === "" || weekdays.includes(day.toLowerCase()));
  if (known && hours.test(time ?? "")) return;
  if (/^[a-z]+$/.test(statement) && !weekdays.includes(statement))
    throw die(`error: could not parse schedule: unable to parse daily duration at '${statement}' - Context("weekday")`);
  throw new Unbuilt();
}
